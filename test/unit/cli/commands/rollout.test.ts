import { describe, expect, it } from 'vitest';

import { answersTo, applied, cluster, id, rolledBack, rollout, time } from '#test/unit/cli/rollout-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const record = { target: 'local', clusterId: 'nightly', mode: 'application', state: 'RUNNING' };
const revision = {
  number: 2,
  createdAt: time,
  principal: 'a',
  operationId: id('b'),
  rolloutOperationId: id('a'),
  mode: 'application',
  digest: 'd',
  image: 'flink:2.2',
  flinkVersion: '2.2',
  outcome: 'stable',
};
const revisions = { [`GET ${cluster}/revisions`]: { body: { revisions: [revision] } } };
const at = (fields: object) => ({ [`GET ${cluster}`]: { body: { ...record, ...fields } } });
const lastBody = () => server.received.findLast(({ method }) => method === 'POST')?.json;

describe('drey rollout, suspend and resume', () => {
  it.each<[readonly string[], string, object]>([
    [['rollout', 'undo', 'nightly'], 'rollback', {}],
    [['rollout', 'undo', 'nightly', '--to-revision', '3', '--state', 'none'], 'rollback', { to: 3, state: 'none' }],
    [
      ['rollout', 'restart', 'nightly', '--fallback', 'none', '-n'],
      'restart',
      { fallback: 'none', allowNonRestoredState: true },
    ],
    [
      ['suspend', 'nightly', '--savepoint-directory', 's3://b/s', '--if-revision', '2'],
      'suspend',
      { savepointDirectory: 's3://b/s', ifRevision: 2 },
    ],
    [
      ['resume', 'nightly', '--stable-within', '10min', '--max-restarts', '1'],
      'resume',
      { stableWithin: '10min', maxRestarts: 1 },
    ],
  ])('%j sends a %s and waits for it', async (words, kind, body) => {
    const { code, stdout } = await run(answersTo(`POST ${cluster}/${kind}`, applied()), words);

    expect(code).toBe(0);
    expect(stdout).toBe('Cluster nightly runs revision 2.\n');
    expect(lastBody()).toEqual(body);
  });

  it('says where the state of a suspended cluster is', async () => {
    const snapshot = { kind: 'savepoint' as const, path: 's3://bucket/savepoint-1', at: time };
    const suspended = applied({ kind: 'suspend', rollout: { ...rollout, snapshot } });
    const { stdout } = await run(answersTo(`POST ${cluster}/suspend`, suspended), ['suspend', 'nightly']);

    expect(stdout).toBe('Cluster nightly is SUSPENDED. Its state is savepoint s3://bucket/savepoint-1.\n');
  });

  it('names the option of a member that the API refuses', async () => {
    const errors = [{ pointer: '/to', detail: 'The number of a revision is positive.' }];
    const body = { code: 'malformed-request', title: 'Malformed', status: 400, detail: 'no', retryable: false, errors };
    const words = ['rollout', 'undo', 'nightly', '--to-revision', 'x'];
    const { code, stderr } = await run({ [`POST ${cluster}/rollback`]: { status: 400, body } }, words);

    expect(code).toBe(1);
    expect(stderr).toContain('--to-revision: The number of a revision is positive.');
  });
});

describe('drey rollout status', () => {
  const progress = { rollout: { operationId: id('a'), kind: 'apply', ...rollout } };

  it('waits for the rollout in progress', async () => {
    const replies = { ...answersTo('', applied()), ...at(progress) };
    const { code, stdout, stderr } = await run(replies, ['rollout', 'status', 'nightly']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Cluster nightly runs revision 2.\n' });
    expect(stderr).toContain('Applying cluster nightly');
  });

  it('shows the current phase with --no-wait', async () => {
    const replies = { ...answersTo('', applied({ state: 'IN_PROGRESS' })), ...at(progress) };
    const { stdout } = await run(replies, ['rollout', 'status', 'nightly', '--no-wait']);

    expect(stdout).toMatch(/^Applying cluster nightly: Verifying, state 1\.5 MiB\. The phase began \d+ s ago\.\n$/);
  });

  it('shows the rollout that waits for the one in progress', async () => {
    const next = { nextRollout: { operationId: id('a'), kind: 'restart', at: time } };
    const phase = 'WaitingForRollout';
    const operation = applied({
      state: 'PENDING',
      phase: `waiting for rollout ${id('b')}`,
      rollout: { phase, phases: [{ name: phase, at: time }] },
    });
    const inProgress = { rollout: { ...progress.rollout, operationId: id('b') } };
    const replies = { ...answersTo('', operation), ...at({ ...inProgress, ...next }) };
    const { stdout } = await run(replies, ['rollout', 'status', 'nightly', '--no-wait']);

    expect(stdout).toContain(`Restarting cluster nightly: WaitingForRollout: waiting for rollout ${id('b')}.`);
  });

  it('fails with the cause of a rollout that has failed', async () => {
    const replies = { ...answersTo('', rolledBack), ...at({}), ...revisions };
    const { code, stderr } = await run(replies, ['rollout', 'status', 'nightly']);

    expect(code).toBe(1);
    expect(stderr).toContain('was not stable: no such image. (ImagePullBackOff)');
    expect(stderr).toContain('runs the spec of revision 1 again.');
  });

  it('shows the newest revision after the record of its rollout has expired', async () => {
    const { code, stdout } = await run({ ...at({}), ...revisions }, ['rollout', 'status', 'nightly']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Cluster nightly is RUNNING. Revision 2 is stable.\n' });
  });

  it('fails for a newest revision that failed', async () => {
    const problem = { code: 'deployment-failed', reason: 'ImagePullBackOff', detail: 'no such image' };
    const failed = { ...revision, rolloutOperationId: undefined, outcome: 'failed', problem };
    const replies = { ...at({}), [`GET ${cluster}/revisions`]: { body: { revisions: [failed] } } };
    const { code, stderr } = await run(replies, ['rollout', 'status', 'nightly']);

    expect(code).toBe(1);
    expect(stderr).toContain('Revision 2 of cluster nightly failed.\n  ImagePullBackOff: no such image');
  });
});

describe('drey rollout history and drey get', () => {
  const deploy = { mode: 'session', clusterId: 'nightly' };
  const one = { ...revisions, [`GET ${cluster}/revisions/2`]: { body: { ...revision, deploy } } };

  it('lists the revisions', async () => {
    expect((await run(revisions, ['rollout', 'history', 'nightly'])).stdout).toMatch(/^REVISION.*\n2 .* stable /);
  });

  it.each([
    [['rollout', 'history', 'nightly', '--revision', '2']],
    [['get', 'nightly', '-o', 'yaml']],
    [['get', 'nightly']],
  ])('%j prints the spec', async (words) => {
    expect((await run(one, words)).stdout).toBe('mode: session\nclusterId: nightly\n');
  });
});

describe('drey operation and drey describe', () => {
  it('show a rollout that failed', async () => {
    const { stdout } = await run(answersTo('', rolledBack), ['operation', id('a')]);

    expect(stdout).toMatch(/Phases: +Checking after 2 s, Snapshotting after 9 s, Starting after 20 s\n/);
    expect(stdout).toMatch(/Revisions: +1 → 3\n/);
    expect(stdout).toMatch(/Size of state: +1\.5 MiB\n/);
    expect(stdout).toContain('  The state is savepoint s3://bucket/savepoint-1 (1.5 MiB).');
    expect(stdout).toContain('  Cluster nightly runs the spec of revision 1 again.');
  });

  it('show a rollout in progress, and the snapshot of a cluster that waits for its next incarnation', async () => {
    const fields = {
      labels: {},
      conditions: [],
      sequence: 1,
      createdAt: time,
      state: 'UPGRADING',
      rollout: { operationId: id('a'), kind: 'apply', ...rollout },
      snapshot: { kind: 'savepoint', path: 's3://bucket/savepoint-1', at: time },
    };
    const lists = {
      [`GET ${cluster}/jobs`]: { body: { jobs: [], reachable: 'Unknown' } },
      [`GET ${cluster}/events`]: { body: { transitions: [] } },
    };
    const { stdout } = await run({ ...at(fields), ...lists }, ['describe', 'nightly']);

    expect(stdout).toMatch(/Rollout: +apply: Verifying since 24\.11\.2026/);
    expect(stdout).toMatch(/Snapshot: +savepoint s3:\/\/bucket\/savepoint-1/);
  });
});
