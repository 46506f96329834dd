import { describe, expect, it } from 'vitest';

import { countVerdicts } from '../../../../dashboard/model/operations/batches.ts';
import { collectOperations, findRecentClusters, listSteps } from '../../../../dashboard/model/operations/operations.ts';
import { describeRollout } from '../../../../dashboard/model/operations/rollouts.ts';
import { makeCluster, makeOperation, makeQueue, makeQueuedCommand } from '../../support/fixtures.ts';

const at = (minutes: number) => new Date(Date.parse('2026-11-30T08:00:00Z') + minutes * 60_000).toISOString();
const show = (operation: ReturnType<typeof makeOperation>) =>
  listSteps(operation).map(({ name, state, at: when }) => [name, state, when]);

describe('the steps of an operation', () => {
  it('of a deploy are its phases from the request to the end', () => {
    const operation = makeOperation({
      createdAt: at(0),
      startedAt: at(1),
      phases: [
        { name: 'Scheduled', at: at(2) },
        { name: 'RestUp', at: at(4) },
      ],
      updatedAt: at(5),
    });

    expect(show(operation)).toEqual([
      ['Requested', 'done', at(0)],
      ['Admitted', 'done', at(1)],
      ['JobManager scheduled', 'done', at(2)],
      ['REST API responds', 'done', at(4)],
      ['Succeeded', 'done', at(5)],
    ]);
    expect(listSteps(operation).map(({ since }) => since)).toEqual([undefined, at(0), at(1), at(2), at(4)]);
  });

  it('begin with the request, also when Kubernetes cuts off the part of a second', () => {
    const phases = [{ name: 'Scheduled' as const, at: '2026-11-30T08:00:00.000Z' }];
    const operation = makeOperation({ createdAt: '2026-11-30T08:00:00.400Z', phases });
    expect(listSteps(operation).map(({ name }) => name)).toEqual(['Requested', 'JobManager scheduled', 'Succeeded']);
  });

  it('end with the current one while it is in progress', () => {
    const operation = makeOperation({
      state: 'IN_PROGRESS',
      createdAt: at(0),
      phases: [{ name: 'Scheduled', at: at(2) }],
      phase: 'Pulling the image',
    });

    expect(listSteps(operation).at(-1)).toEqual({
      name: 'In progress',
      state: 'current',
      at: at(2),
      detail: 'Pulling the image',
    });
    const queued = makeOperation({ state: 'QUEUED', createdAt: at(0), position: 2 });
    expect(show(queued).at(-1)).toEqual(['Waiting: position 2', 'current', at(0)]);
    expect(listSteps({ ...queued, phase: 'Position 2 of 3. WaitingForQuota: Full.' }).at(-1)).toMatchObject({
      name: 'Waiting: position 2 of 3',
      detail: 'WaitingForQuota: Full.',
    });
  });

  it('of a rollout that was rolled back show what was not stable', () => {
    const operation = makeOperation({
      kind: 'apply',
      state: 'FAILED',
      createdAt: at(0),
      updatedAt: at(9),
      rollout: {
        phase: 'RollingBack',
        phases: [
          { name: 'Snapshotting', at: at(0) },
          { name: 'Starting', at: at(2) },
          { name: 'Verifying', at: at(4) },
          { name: 'RollingBack', at: at(6) },
        ],
        rolledBackTo: 3,
      },
    });

    expect(show(operation)).toEqual([
      ['Requested', 'done', at(0)],
      ['Old incarnation ended with its snapshot', 'done', at(2)],
      ['New incarnation started', 'done', at(4)],
      ['New incarnation was not stable', 'failed', at(6)],
      ['Failed, and rolled back', 'failed', at(9)],
    ]);
  });
});

describe('the rollout of an operation', () => {
  it('has revisions, the state and its size', () => {
    const facts = describeRollout({
      phase: 'Verifying',
      phases: [],
      from: 3,
      to: 4,
      snapshot: { kind: 'savepoint', path: 's3://bucket/savepoint-1', at: at(0) },
      stateBytes: 1_610_612_736,
    });
    expect(facts.map(({ value }) => value)).toEqual(['3 → 4', 'savepoint s3://bucket/savepoint-1', '1.5\u00A0GiB']);
  });

  it('says that a rescale restarts nothing', () => {
    const rollout = { phase: 'Rescaling' as const, phases: [], class: 'rescale' as const };
    const [change] = describeRollout({ ...rollout, rescale: { jobId: 'j', parallelism: 8 } });
    expect(change?.value).toBe('Job j gets parallelism 8. Nothing restarts.');
  });
});

describe('the operations that the page knows', () => {
  it('are those that it has read, that wait, and of the live clusters, each once, newest first', () => {
    const known = collectOperations(
      [makeOperation({ operationId: 'deployed', state: 'SUCCEEDED', createdAt: at(0) })],
      makeQueue({ queued: [makeQueuedCommand({ operationId: 'waits', since: at(3) })] }),
      [
        makeCluster({ operationId: 'deployed', createdAt: at(0) }),
        makeCluster({
          clusterId: 'b',
          operationId: 'other',
          createdAt: at(1),
          rollout: {
            operationId: 'rollout',
            kind: 'apply',
            phase: 'Starting',
            phases: [{ name: 'Starting', at: at(2) }],
          },
        }),
      ],
    );

    expect(known.map(({ operationId, kind, state }) => [operationId, kind, state])).toEqual([
      ['waits', 'deploy', 'QUEUED'],
      ['rollout', 'apply', 'IN_PROGRESS'],
      ['other', 'deploy', undefined],
      ['deployed', 'deploy', 'SUCCEEDED'],
    ]);
  });
});

it('knows the stops of clusters, and those that live or ended during the last day', () => {
  const clusters = [
    makeCluster({ clusterId: 'live', operationId: 'live', updatedAt: at(-3_000) }),
    makeCluster({
      clusterId: 'ended',
      state: 'STOPPED',
      operationId: 'ended',
      stopOperationId: 'stop',
      updatedAt: at(0),
    }),
    makeCluster({ clusterId: 'old', state: 'STOPPED', updatedAt: at(-3_000) }),
  ];
  const recent = findRecentClusters(clusters, Date.parse(at(10)));
  expect(recent.map(({ clusterId }) => clusterId)).toEqual(['live', 'ended']);
  expect(collectOperations([], undefined, recent).map(({ operationId, kind }) => [operationId, kind])).toEqual([
    ['stop', 'stop'],
    ['live', 'deploy'],
    ['ended', 'deploy'],
  ]);
});

it('counts the items of a batch by their verdicts', () => {
  const item = { batchId: 'b', batchIndex: 0, clusterId: 'c' };
  expect(countVerdicts([{ ...item, verdict: 'FAILED' }, { ...item, verdict: 'FINISHED' }, item, item])).toBe(
    '1 FINISHED, 1 FAILED, 2 not ended',
  );
});
