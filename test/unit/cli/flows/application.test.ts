import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { Problem } from '#events/problems/problem.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, job, oneTarget, operation, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const app = `${clusters}/app`;
const jar = 'local:///opt/flink/usrlib/my-flink-job.jar';
const run = (replies: Replies, words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, env });
};
const application = (more: Partial<Cluster> = {}) => cluster({ clusterId: 'app', mode: 'application', ...more });
const starting = (...states: readonly Partial<Cluster>[]): Replies => {
  const rest = [...states];
  return {
    [`POST ${clusters}`]: accepted({ clusterId: 'app' }),
    [`GET ${app}`]: () => ({ body: application(rest.length > 1 ? rest.shift() : rest[0]) }),
  };
};
const posted = () => server.received.find(({ method }) => method === 'POST')?.json;
const created =
  'Create flink application cluster app successfully, JobManager Web Interface: http://app-rest.golden:8081\n';
const waysToSay: readonly (readonly string[])[] = [
  ['run', '--target', 'kubernetes-application'],
  ['run', '-t', 'kubernetes-application'],
  ['run', '-Dexecution.target=kubernetes-application'],
  ['run-application', '--target', 'kubernetes-application'],
  ['run-application'],
];

describe('an application', () => {
  it.each(waysToSay.map((way) => [way] as const))('is deployed with its program by %j', async (way) => {
    const ended = await run(starting({}), [...way, '-Dkubernetes.cluster-id=app', '-Da.b=c', jar, '--day', '-d']);

    expect(ended).toMatchObject({ code: 0, stdout: created, stderr: 'Starting application cluster app …\n' });
    expect(posted()).toEqual({
      mode: 'application',
      clusterId: 'app',
      config: { 'a.b': 'c' },
      job: { jar, args: ['--day', '-d'] },
    });
  });

  it.each([
    ['--claimMode foo', '--claimMode must be claim, no_claim or legacy, not "foo".'],
    ['-rm foo -s s3://x/sp', '--restoreMode must be claim, no_claim or legacy, not "foo".'],
    ['--claimMode claim -rm legacy', '--claimMode is CLAIM, but --restoreMode is LEGACY.'],
  ])('is refused with %s', async (flags, message) => {
    const ended = await run(starting({}), ['run-application', ...flags.split(' '), jar]);

    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining(message) });
    expect(posted()).toBeUndefined();
  });

  it('sends how it uses a savepoint that -D names', async () => {
    await run(starting({}), [
      'run-application',
      '-n',
      '--claimMode',
      'claim',
      `-Dexecution.savepoint.path=s3://x/sp`,
      jar,
    ]);

    expect(posted()).toMatchObject({
      config: { 'execution.savepoint.path': 's3://x/sp' },
      job: { restore: { allowNonRestoredState: true, claimMode: 'CLAIM' } },
    });
  });

  it('names options of the command line where two contradict each other', async () => {
    const option = '-Dexecution.state-recovery.claim-mode';
    const words = ['render', 'run-application', '-Dkubernetes.cluster-id=app', '-s', 's3://x/sp'];

    const ended = await run({}, [...words, '--claimMode', 'claim', `${option}=LEGACY`, jar]);
    const without = await run({}, ['render', 'run-application', '-Dkubernetes.cluster-id=app', '-n', jar]);

    expect(ended.stderr).toContain(`${option}: is LEGACY, but --claimMode is CLAIM. They have one meaning.`);
    expect(without.stderr).toContain(
      '-n or --claimMode: requires a savepoint. Set -s, -Ddrey.restore.from-cluster, -Ddrey.restore.snapshot or',
    );
  });

  it('takes the flags of run', async () => {
    const flags =
      '-Ddrey.flink-version=1.20 -c a.B -p 3 -d -sae -s s3://x/sp -n -rm claim -C file:/a.jar -C https://b/b.jar';

    const ended = await run(starting({}), ['run-application', ...flags.split(' '), jar]);

    expect(ended).toMatchObject({ code: 0, stdout: created });
    expect(posted()).toEqual({
      mode: 'application',
      config: { 'execution.attached': 'false', 'execution.shutdown-on-attached-exit': 'true' },
      flinkVersion: '1.20',
      job: {
        jar,
        args: [],
        entryClass: 'a.B',
        parallelism: 3,
        classpaths: ['file:/a.jar', 'https://b/b.jar'],
        restore: { path: 's3://x/sp', allowNonRestoredState: true, claimMode: 'CLAIM' },
      },
    });
  });

  it('is printed as JSON for programs', async () => {
    const ended = await run(starting({}), ['run-application', '--output', 'json', jar]);

    expect(JSON.parse(ended.stdout)).toEqual({ operation: operation({ clusterId: 'app' }), cluster: application() });
  });

  it.each([
    ['./x.jar', 'is a local path'],
    ['file:///x.jar', 'names a file on the disk of the JobManager'],
    ['http://x/x.jar', 'uses unencrypted HTTP'],
  ])('is refused with the jar %s before any request', async (wrong, why) => {
    const ended = await run({}, ['run-application', wrong]);

    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`${wrong} ${why}`) });
    expect(server.received).toEqual([]);
  });

  it('may use plain HTTP when the option allows it', async () => {
    const allowed = '-Duser.artifacts.raw-http-enabled=true';

    expect(await run(starting({}), ['run-application', allowed, 'http://x/x.jar'])).toMatchObject({ code: 0 });
  });

  it.each(['run', 'run-application'])('is never a per-job cluster, with %s', async (action) => {
    const ended = await run({}, [action, '-t', 'kubernetes-per-job', jar]);

    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Per-Job Mode not supported by Active Kubernetes deployments.'),
    });
    expect(server.received).toEqual([]);
  });

  it('is not started by kubernetes-session, and a session not by run-application', async () => {
    const [one, other] = [
      await run({}, ['kubernetes-session', '-t', 'kubernetes-application']),
      await run({}, ['run-application', '-t', 'kubernetes-session', jar]),
    ];

    expect(one).toMatchObject({ code: 1, stdout: expect.stringContaining('kubernetes-session starts sessions only') });
    expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining('Use `drey run` for a jar on a session') });
  });

  it('reports why the start failed, with the options of the command line', async () => {
    const errors = [
      { pointer: '/job/entryClass', detail: 'no such class' },
      { pointer: '/job/classpaths/0', detail: 'not a URL' },
    ];

    const ended = await run({ [`POST ${clusters}`]: problem('refused-option', 422, 'refused', { errors }) }, [
      'run-application',
      jar,
    ]);

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain('refused\n  -c: no such class\n  -C: not a URL\n');
  });

  it('reports which cluster failed to start, with a hint', async () => {
    const failed = operation({
      state: 'FAILED',
      clusterId: 'app',
      problem: Problem.parse(problem('deployment-failed', 502, 'no such class').body),
    });

    const ended = await run(
      { [`POST ${clusters}`]: { status: 202, body: { operation: failed, cluster: application({}) } } },
      ['run-application', '-Dkubernetes.cluster-id=app', jar],
    );

    expect(ended.stderr).toContain(
      'Could not create Kubernetes cluster "app".\n  no such class\nRun `drey describe app`',
    );
  });

  it('is kept after a failed start if the option says so', async () => {
    const wrong = await run({}, ['run-application', '-Ddrey.on-failure=hold', jar]);
    await run(starting({}), ['run-application', '-Ddrey.on-failure=keep', jar]);

    expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('must be remove or keep, not "hold"') });
    expect(posted()).toMatchObject({ onFailure: 'keep' });
  });

  it('warns of options after the jar, which the program gets', async () => {
    const ended = await run(starting({}), ['run-application', jar, '-Dkubernetes.cluster-id=app']);

    expect(ended.stderr).toContain('WARN -Dkubernetes.cluster-id=app follows the program');
    expect(posted()).toMatchObject({ job: { args: ['-Dkubernetes.cluster-id=app'] } });
  });
});

describe('an attached application', () => {
  const waitFor = (...more: readonly string[]) => ['run-application', '-Dexecution.attached=true', ...more, jar];
  const own = { clusterId: 'app' } as const;

  it('ends as its job ended', async () => {
    const ended = await run(
      {
        ...starting({}, { state: 'RUNNING' }, { state: 'FINISHED' }),
        [`GET ${app}/jobs`]: {
          body: {
            reachable: 'False',
            jobs: [
              job({ ...own, state: 'FINISHED', endTime: '2026-11-23T22:10:35.000Z' }),
              job({ ...own, name: 'of an earlier life', clusterOperationId: 'f'.repeat(32), state: 'FINISHED' }),
            ],
          },
        },
      },
      waitFor(),
    );

    expect(ended).toMatchObject({
      code: 0,
      stdout: `${created}Program execution finished\nJob with JobID ${job().jobId} has finished.\nJob Runtime: 1000 ms\n`,
    });
    expect(ended.stderr).toContain('Application cluster app: RUNNING');
  });

  it.each(['FAILED', 'CANCELED'] as const)('fails with the cause when it is %s', async (state) => {
    const message = 'java.lang.ArithmeticException: / by zero';

    const ended = await run(
      {
        ...starting({ state, message }),
        [`GET ${app}/jobs`]: { body: { reachable: 'False', jobs: [job({ ...own, state, message })] } },
      },
      waitFor(),
    );

    expect(ended).toMatchObject({ code: 1, stdout: created });
    expect(ended.stderr).toContain(`Application cluster app is ${state}.\n  ${message}\nRun \`drey events app\``);
  });

  it('is one object to a program', async () => {
    const ended = await run(
      { ...starting({ state: 'FAILED' }), [`GET ${app}/jobs`]: { body: { reachable: 'False', jobs: [] } } },
      waitFor('--output', 'json'),
    );

    expect(JSON.parse(ended.stdout)).toEqual({ cluster: application({ state: 'FAILED' }), jobs: [] });
    expect(JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      error: { message: 'Application cluster app is FAILED.', hint: expect.any(String) },
    });
  });

  it('is not waited for with -d', async () => {
    const ended = await run(starting({}), waitFor('-d'));

    expect(ended).toMatchObject({ code: 0, stdout: created });
    expect(posted()).toMatchObject({ config: { 'execution.attached': 'false' } });
  });
});
