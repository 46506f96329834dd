import { describe, expect, it } from 'vitest';

import { findDisposalRefusal, findJobRefusal, jobActions } from '../../../../dashboard/model/clusters/availability.ts';
import { makeCluster, makeJob, makeSnapshot } from '../../support/fixtures.ts';

const session = makeCluster({ mode: 'session' });
const job = makeJob({ operationId: '01a20b1b9c5171069dae373ef7881ee9' });

describe('the actions of a job', () => {
  const listRefused = (
    ...[given, cluster]: [Parameters<typeof findJobRefusal>[1], Parameters<typeof findJobRefusal>[2]]
  ) => jobActions.filter((action) => findJobRefusal(action, given, cluster) !== undefined);

  it.each([
    ['runs in a session', job, session, []],
    ['has ended', { ...job, state: 'FINISHED' }, session, jobActions],
    ['is in a cluster that stops', job, { ...session, state: 'STOPPING' } as const, jobActions],
    ['is in a rollout', job, { ...session, rollout: {} }, ['rescale', 'apply']],
    ['is the program of an application', job, makeCluster(), ['apply']],
    ['was not submitted through Drey', makeJob(), session, ['apply']],
  ])('are refused of a job that %s', (_, given, cluster, refused) => {
    expect(listRefused(given, cluster)).toEqual(refused);
  });
});

describe('the disposal of a snapshot', () => {
  const snapshot = makeSnapshot();

  it.each([
    ['a complete savepoint', snapshot, session, undefined],
    ['a checkpoint', makeSnapshot({ kind: 'checkpoint' }), session, 'Flink deletes checkpoints itself.'],
    ['a savepoint in progress', makeSnapshot({ state: 'IN_PROGRESS' }), session, 'The snapshot is IN_PROGRESS.'],
    ['one that is disposed of', makeSnapshot({ state: 'DISPOSED' }), session, 'The snapshot is DISPOSED.'],
    ['one without a path', { ...snapshot, path: undefined }, session, 'Flink has not told where the snapshot is.'],
    [
      'one of a cluster that is gone',
      snapshot,
      { ...session, state: 'STOPPED' } as const,
      'The cluster is STOPPED. Only the Flink of a RUNNING cluster deletes a savepoint.',
    ],
  ])('of %s', (_, given, cluster, refusal) => {
    expect(findDisposalRefusal(given, cluster)).toBe(refusal);
  });
});
