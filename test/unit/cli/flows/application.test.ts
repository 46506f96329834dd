import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/cluster.ts';
import { Problem } from '#events/problem.ts';
import { drey } from '#test/unit/cli/drey.ts';
import {
  accepted,
  cluster,
  job,
  oneTarget,
  operation,
  problem,
  type Replies,
  startLoopbackApi,
} from '#test/unit/cli/loopback-api.ts';

process.env['TZ'] = 'UTC';

let server: Awaited<ReturnType<typeof startLoopbackApi>>;
let folder: string;
beforeAll(async () => {
  server = await startLoopbackApi();
  folder = await mkdtemp(join(tmpdir(), 'drey-'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

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

  it('is told of to programs as JSON', async () => {
    const ended = await run(starting({}), ['run-application', '--output', 'json', jar]);

    expect(JSON.parse(ended.stdout)).toEqual({ operation: operation({ clusterId: 'app' }), cluster: application() });
  });

  it.each([
    ['./x.jar', 'has no scheme'],
    ['file:///x.jar', 'names a file on the disk of the JobManager'],
    ['http://x/x.jar', 'uses unencrypted HTTP'],
  ])('is refused with the jar %s before anything is asked', async (wrong, why) => {
    const ended = await run({}, ['run-application', wrong]);

    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`${wrong} ${why}`) });
    expect(server.received).toEqual([]);
  });

  it('may come over plain HTTP where that is allowed', async () => {
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

  it('is not what kubernetes-session starts, nor a session what run-application starts', async () => {
    const [one, other] = [
      await run({}, ['kubernetes-session', '-t', 'kubernetes-application']),
      await run({}, ['run-application', '-t', 'kubernetes-session', jar]),
    ];

    expect(one).toMatchObject({ code: 1, stdout: expect.stringContaining('kubernetes-session is for sessions') });
    expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining('`drey run` runs a jar on a session') });
  });

  it('tells why it did not come up, by what was typed', async () => {
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

  it('tells which cluster did not come up, and where to look', async () => {
    const failed = operation({
      state: 'FAILED',
      clusterId: 'app',
      problem: Problem.parse(problem('deployment-failed', 502, 'no such class').body),
    });

    const ended = await run(
      { [`POST ${clusters}`]: { status: 202, body: { operation: failed, cluster: application({}) } } },
      ['run-application', '-Dkubernetes.cluster-id=app', jar],
    );

    expect(ended.stderr).toContain('Could not create Kubernetes cluster "app".\n  no such class\n`drey describe app`');
  });

  it('may be kept to look at when it does not come up', async () => {
    const wrong = await run({}, ['run-application', '-Ddrey.on-failure=hold', jar]);
    await run(starting({}), ['run-application', '-Ddrey.on-failure=keep', jar]);

    expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('is remove or keep, not "hold"') });
    expect(posted()).toMatchObject({ onFailure: 'keep' });
  });

  it('warns of options behind the jar, which the program gets', async () => {
    const ended = await run(starting({}), ['run-application', jar, '-Dkubernetes.cluster-id=app']);

    expect(ended.stderr).toContain('WARN -Dkubernetes.cluster-id=app stands behind the jar');
    expect(posted()).toMatchObject({ job: { args: ['-Dkubernetes.cluster-id=app'] } });
  });
});

describe('an application that is waited for', () => {
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
    expect(ended.stderr).toContain(`Application cluster app is ${state}.\n  ${message}\n\`drey events app\``);
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

describe('an application cluster', () => {
  const there = ['--target', 'kubernetes-application', '-Dkubernetes.cluster-id=app'];
  const { jobId } = job();

  it('lists its jobs', async () => {
    const jobs = { body: { jobs: [job({ clusterId: 'app' })], reachable: 'True' } };

    const ended = await run({ [`GET ${app}/jobs`]: jobs }, ['list', ...there]);

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`${jobId} : CarTopSpeed`) });
  });

  it('lets its job be canceled', async () => {
    const ended = await run({ [`POST ${app}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId }) }, [
      'cancel',
      ...there,
      jobId,
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: `Cancelling job ${jobId}.\nCancelled job ${jobId}.\n` });
  });

  it('is shown with its mode and how it ended', async () => {
    const all = { body: { clusters: [cluster(), application({ state: 'FINISHED' })] } };

    const ended = await run({ [`GET ${clusters}`]: all }, ['clusters', '--all', '--mode', 'application']);

    expect(ended.stdout.split('\n')).toEqual([
      'CLUSTER  MODE         STATE     CREATED              ENDS  IMAGE      REASON',
      'app      application  FINISHED  23.11.2026 22:10:16        flink:2.2',
      '',
    ]);
  });

  it('is not of another mode', async () => {
    expect(await run({}, ['clusters', '--mode', 'per-job'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('The mode is session or application, not "per-job".'),
    });
  });

  it('is called by its name when it is stopped', async () => {
    server.answer({
      'GET /v1/targets': oneTarget,
      [`GET ${app}`]: { body: application() },
      [`POST ${app}/stop`]: accepted({ kind: 'stop', clusterId: 'app' }),
    });

    const words = ['kubernetes-session', '-Dkubernetes.cluster-id=app', '-Dexecution.attached=true'];
    const ended = await drey(words, { api: server.url, input: 'stop\n' });

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Stopped application cluster app.\n') });
  });
});

describe('what is on this machine', () => {
  const put = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const configure = (more: readonly string[] = []) =>
    put(
      'config.yaml',
      ['kubernetes: {cluster-id: app}', 'rest: {bind-address: localhost, port: 9081}', ...more].join('\n'),
    );

  it.each([['kubernetes-session'], ['run-application', jar]])(
    'goes to the API with %s',
    async (action, ...operands) => {
      await configure([
        'taskmanager: {numberOfTaskSlots: 2}',
        'pipeline: {classpaths: [a, b]}',
        'parallelism: {default: 2}',
      ]);
      await put('log4j-console.properties', 'rootLogger.level = INFO');
      const pod = await put('pod.yaml', 'metadata: {labels: {team: search}}');
      const keytab = await put('flink.keytab', 'secret');
      await put('core-site.xml', '<configuration/>');
      const words = [
        '-Dtaskmanager.numberOfTaskSlots=4',
        `-Dkubernetes.pod-template-file=${pod}`,
        `-Dsecurity.kerberos.login.keytab=${keytab}`,
        '-Dsecurity.kerberos.login.principal=flink',
      ];

      const ended = await run(
        {
          ...starting({}),
          [`GET ${app}`]: operands.length > 0 ? { body: application() } : missingThen(cluster({ clusterId: 'app' })),
        },
        [action, ...words, ...operands],
        { FLINK_CONF_DIR: folder, HADOOP_CONF_DIR: folder },
      );

      expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('http://app-rest.golden:9081') });
      expect(posted()).toMatchObject({
        clusterId: 'app',
        files: { 'log4j-console.properties': 'rootLogger.level = INFO' },
        podTemplates: { default: { metadata: { labels: { team: 'search' } } } },
        hadoop: { 'core-site.xml': '<configuration/>' },
        kerberos: { keytab: { name: 'flink.keytab', base64: Buffer.from('secret').toString('base64') } },
      });
      expect((posted() as { config: unknown }).config).toEqual({
        'taskmanager.numberOfTaskSlots': '4',
        'pipeline.classpaths': '[a, b]',
        'parallelism.default': '2',
        'rest.port': '9081',
        'security.kerberos.login.principal': 'flink',
      });
    },
  );

  const missingThen = (found: Cluster) => {
    const replies = [problem('not-found', 404, 'there is none'), { body: found }];
    return () => (replies.length > 1 ? replies.shift()! : replies[0]!);
  };

  it('decides what run deploys to', async () => {
    await configure(['execution: {target: kubernetes-application}']);

    const ended = await run(starting({}), ['run', jar], { FLINK_CONF_DIR: folder });

    expect(ended.stdout).toContain('Create flink application cluster app successfully');
  });

  it('has to be there', async () => {
    const ended = await run({}, ['run-application', jar], { FLINK_CONF_DIR: join(folder, 'nowhere') });

    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not describe an existing directory.'),
    });
    expect(server.received).toEqual([]);
  });
});

describe('a failure', () => {
  it.each([
    [['list', '--output', 'json', '-Dkubernetes.cluster-id=x'], 'Could not get the rest endpoint of x', 'not-found'],
    [['cancel', '--output=json', 'xyz'], 'Cannot parse JobID from "xyz".', undefined],
    [['list', '--output', 'json', '--frobnicate'], 'Unrecognized option: --frobnicate', undefined],
    [['--output', 'json', 'run'], 'Java program should be specified a JAR file.', undefined],
  ])('of %j is told to programs as JSON', async (words, message, code) => {
    const ended = await run({}, words);

    const { error } = JSON.parse(ended.stderr);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  });

  it('has its mistakes in JSON, too', async () => {
    const errors = [{ pointer: '/config/a.b', detail: 'wrong' }];

    const ended = await run({ [`POST ${clusters}`]: problem('refused-option', 422, 'refused', { errors }) }, [
      'run-application',
      '--output',
      'json',
      jar,
    ]);

    expect(JSON.parse(ended.stderr.trimEnd().split('\n').at(-1) ?? '')).toEqual({
      error: { message: 'refused', code: 'refused-option', errors },
    });
  });
});

describe('a job on a session', () => {
  it('is refused by an application cluster before the jar travels', async () => {
    const file = join(folder, 'session.jar');
    await writeFile(file, new Uint8Array([0x50, 0x4b, 0x03, 0x04]));

    const ended = await run({ [`GET ${app}`]: { body: application({}) } }, [
      'run',
      '-t',
      'kubernetes-session',
      '-Dkubernetes.cluster-id=app',
      file,
    ]);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Cluster app is an application') });
  });

  it('takes more places with classes', async () => {
    const live = `${clusters}/live`;
    const words = ['run', '-d', '-Dkubernetes.cluster-id=live', '-C', 'file:/a.jar', '-C', 'file:/b.jar'];

    const ended = await run({ [`POST ${live}/jobs`]: accepted({ kind: 'submit', jobId: job().jobId }) }, [
      ...words,
      's3://bucket/local/a.jar',
    ]);

    expect(ended.code).toBe(0);
    expect(posted()).toMatchObject({ config: { 'pipeline.classpaths': '["file:/a.jar","file:/b.jar"]' } });
  });
});
