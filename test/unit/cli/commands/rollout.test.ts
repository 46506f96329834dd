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

  it.each([
    [{ specOf: 1 }, ', the spec of revision 1.'],
    [
      { specOf: 1, snapshot: { kind: 'checkpoint' as const, path: 's3://bucket/chk-3', at: time } },
      ', the spec of revision 1. It started from checkpoint s3://bucket/chk-3.',
    ],
    [{ from: 2, specOf: 1 }, ', the spec of revision 1. The rollback had nothing left to do.'],
    [{ class: 'none' as const }, '. Nothing was restarted.'],
    [
      { class: 'rescale' as const, rescale: { jobId: id('c'), parallelism: 2 } },
      `. Job ${id('c')} runs with parallelism 2.`,
    ],
  ])('says what %j has led to', async (fields, text) => {
    const ended = applied({ kind: 'rollback', rollout: { ...rollout, ...fields } });
    const { stdout } = await run(answersTo(`POST ${cluster}/rollback`, ended), ['rollout', 'undo', 'nightly']);

    expect(stdout).toBe(`Cluster nightly runs revision 2${text}\n`);
  });

  it('says that the cluster runs the revision already, and how to restart it', async () => {
    const reply = { body: { result: 'unchanged', revision: 2 } };
    const words = ['rollout', 'undo', 'nightly', '--to-revision', '2', '--allow-failed'];
    const { code, stdout } = await run({ [`POST ${cluster}/rollback`]: reply }, words);

    expect(code).toBe(0);
    expect(stdout).toContain('is unchanged: revision 2 runs this spec already. `drey rollout restart nightly`');
    expect(lastBody()).toEqual({ to: 2, allowFailed: true });
  });

  it('names the option that lets it go back to a failed revision', async () => {
    const detail = 'Revision 2 failed (ErrImagePull: no). Roll back to another revision, or set allowFailed.';
    const body = { code: 'wrong-state', title: 'Wrong state', status: 409, detail, retryable: false };
    const { stderr } = await run({ [`POST ${cluster}/rollback`]: { status: 409, body } }, [
      'rollout',
      'undo',
      'nightly',
    ]);

    expect(stderr).toContain('or add --allow-failed.');
  });

  it('names the actions after one that does not exist, also with arguments', async () => {
    const { code, stdout } = await run({}, ['rollout', 'abort', 'nightly']);

    expect(code).toBe(1);
    expect(stdout).toContain('"abort" is not a valid action.');
    expect(stdout).toContain('Valid actions are "status", "history", "undo", "restart".');
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
    expect(stderr).toContain(rolledBack.problem?.detail);
    expect(stderr).not.toContain('again from savepoint s3://bucket/savepoint-1. (ImagePullBackOff)');
  });

  it('shows the newest revision after the record of its rollout has expired', async () => {
    const { code, stdout } = await run({ ...at({}), ...revisions }, ['rollout', 'status', 'nightly']);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Cluster nightly is RUNNING. Revision 2 is stable.\n' });
  });

  it('does not call the revision of a SUSPENDED cluster stable', async () => {
    const { stdout } = await run({ ...at({ state: 'SUSPENDED' }), ...revisions }, ['rollout', 'status', 'nightly']);

    expect(stdout).toBe('Cluster nightly is SUSPENDED. `drey resume nightly` starts revision 2 again.\n');
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
    expect(stdout).toMatch(/Revisions: +1 → 2\n/);
    expect(stdout).toMatch(/Size of state: +1\.5 MiB\n/);
    expect(stdout).toContain(`Problem: ${rolledBack.problem?.detail}\n`);
    expect(stdout).not.toContain('The state is');
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
