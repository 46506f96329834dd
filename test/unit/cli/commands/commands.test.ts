import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { toUploadName } from '#cli/input/upload.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { golden } from '#test/unit/cli/golden.ts';
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
let jar: string;
const jarBytes = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), Buffer.alloc(300_000, 7)]);

beforeAll(async () => {
  server = await startLoopbackApi();
  folder = await mkdtemp(join(tmpdir(), 'drey-'));
  jar = join(folder, 'Top Speed.jar');
  await writeFile(jar, jarBytes);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const jobId = job().jobId;
const useHelp = '\n\nUse the help option (-h or --help) to get help on the command.\n';

const session = (...more: readonly string[]) => ['kubernetes-session', '-Dkubernetes.cluster-id=live', ...more];
const runOnLive = (...more: readonly string[]) => [
  'run',
  '--target',
  'kubernetes-session',
  '-Dkubernetes.cluster-id=live',
  '-Dkubernetes.namespace=golden',
  ...more,
];

const run = (replies: Replies, words: readonly string[], input?: string | null) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, ...(input === undefined ? {} : { input }) });
};

describe('kubernetes-session', () => {
  const created =
    'Create flink session cluster live successfully, JobManager Web Interface: http://live-rest.golden:8081\n';
  const retrieved =
    'Retrieve flink cluster live successfully, JobManager Web Interface: http://live-rest.golden:8081\n';
  const starting: Replies = { [`POST ${clusters}`]: accepted({ state: 'SUCCEEDED' }) };
  const missingThenLive = () => {
    const replies = [problem('not-found', 404, 'there is no cluster live'), { body: cluster() }];
    return { [`GET ${live}`]: () => (replies.length > 1 ? replies.shift()! : replies[0]!) };
  };
  const stopping: Replies = { [`POST ${live}/stop`]: accepted({ kind: 'stop' }) };

  it('deploys with the options that were given, and says what Flink says', async () => {
    const ended = await run(
      { ...starting, ...missingThenLive() },
      session('-Dtaskmanager.numberOfTaskSlots=4', '-Da.flag', '-Ddrey.target=local'),
    );

    expect(ended).toMatchObject({ code: 0, stdout: created });
    expect(server.received.find(({ method }) => method === 'POST')?.json).toEqual({
      mode: 'session',
      clusterId: 'live',
      config: { 'taskmanager.numberOfTaskSlots': '4', 'a.flag': 'true' },
    });
  });

  it('follows the operation until it is over', async () => {
    const operationId = '1'.repeat(32);
    const replies: Replies = {
      ...missingThenLive(),
      [`POST ${clusters}`]: accepted({ state: 'IN_PROGRESS', phase: 'waiting for the JobManager' }),
      [`GET /v1/operations/${operationId}`]: { body: operation() },
    };

    const ended = await run(replies, session());

    expect(ended).toMatchObject({ code: 0, stdout: created });
    expect(ended.stderr).toContain('Starting session cluster live: waiting for the JobManager (0 s)');
  });

  it('shows each phase once, with the time that it took', async () => {
    const at = (second: number) => `2026-11-23T22:10:${16 + second}.000Z`;
    const phases = [
      { name: 'Scheduled' as const, at: at(0) },
      { name: 'Pulling' as const, at: at(2) },
      { name: 'Started' as const, at: at(9) },
      { name: 'RestUp' as const, at: at(14) },
    ];
    const states = [operation({ state: 'IN_PROGRESS', phases: phases.slice(0, 3) }), operation({ phases })];

    const ended = await run(
      {
        ...missingThenLive(),
        [`POST ${clusters}`]: accepted({ state: 'IN_PROGRESS', phases: phases.slice(0, 1) }),
        [`GET /v1/operations/${'1'.repeat(32)}`]: () => ({ body: states.shift() }),
      },
      session(),
    );

    expect(ended.stderr).toBe(
      'Starting session cluster live …\nScheduled after 0 s\nPulling after 2 s\nStarted after 9 s\nREST up after 14 s\n',
    );
  });

  it("refuses an option of Drey's that there is not, before anything is asked", async () => {
    const ended = await run({}, session('-Ddrey.priorty=5'));

    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining("-Ddrey.priorty is no option of Drey's.") });
    expect(server.received).toEqual([]);
  });

  it('prints the id that was made up', async () => {
    const made = cluster({ clusterId: 'flink-cluster-1' });

    const ended = await run(
      {
        [`POST ${clusters}`]: accepted({ clusterId: made.clusterId }),
        [`GET ${clusters}/${made.clusterId}`]: { body: made },
      },
      ['kubernetes-session'],
    );

    expect(ended.stdout).toContain('Create flink session cluster flink-cluster-1 successfully');
  });

  it('does not wait when told so', async () => {
    const ended = await run(
      { ...missingThenLive(), [`POST ${clusters}`]: accepted({ state: 'IN_PROGRESS' }) },
      session('--no-wait'),
    );

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^Session cluster live is being started\.\nOperation [0-9a-f]{32} is IN_PROGRESS\.\n$/,
      ),
    });
    expect(server.received.find(({ method }) => method === 'POST')?.headers.prefer).toBeUndefined();
  });

  it('finds a session that lives again', async () => {
    const ended = await run({ [`GET ${live}`]: { body: cluster() } }, session());

    expect(ended).toMatchObject({ code: 0, stdout: retrieved });
    expect(server.calls()).not.toContain(`POST ${clusters}`);
  });

  it('waits for a session that is on its way', async () => {
    const operationId = '0'.repeat(32);
    const states = [cluster({ state: 'DEPLOYING' }), cluster()];

    const ended = await run(
      {
        [`GET ${live}`]: () => ({ body: states.shift() }),
        [`GET /v1/operations/${operationId}`]: { body: operation() },
      },
      session(),
    );

    expect(ended).toMatchObject({ code: 0, stdout: retrieved });
    expect(server.calls()).toContain(`GET /v1/operations/${operationId}`);
  });

  it('finds a session that somebody started at the same time', async () => {
    const ended = await run(
      { ...missingThenLive(), [`POST ${clusters}`]: problem('id-taken', 409, 'taken') },
      session(),
    );

    expect(ended).toMatchObject({ code: 0, stdout: retrieved });
  });

  it('does not take an id that belongs to somebody else', async () => {
    const ended = await run({ [`POST ${clusters}`]: problem('id-taken', 409, 'live is not of Drey') }, session());

    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('live is not of Drey\nChoose another -Dkubernetes.cluster-id'),
    });
  });

  it('tells every mistake by its option', async () => {
    const errors = [
      { pointer: '/config/kubernetes.jobmanager.cpu.amount', detail: "Could not parse value 'lots'" },
      { pointer: '/clusterId', detail: 'too long' },
    ];

    const ended = await run(
      { [`POST ${clusters}`]: problem('refused-option', 422, 'two options are refused', { errors }) },
      session(),
    );

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      "two options are refused\n  -Dkubernetes.jobmanager.cpu.amount: Could not parse value 'lots'\n  -Dkubernetes.cluster-id: too long\n",
    );
  });

  it('tells why the cluster did not come up', async () => {
    const failed = problem('deployment-failed', 502, 'the image cannot be pulled', { reason: 'ImagePullBackOff' });

    // The problem is its own contract's.
    const ended = await run(
      {
        [`POST ${clusters}`]: {
          status: 202,
          body: { operation: { ...operation({ state: 'FAILED' }), problem: failed.body } },
        },
      },
      session(),
    );

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('the image cannot be pulled (ImagePullBackOff)');
  });

  describe('attached', () => {
    const attached = session('-Dexecution.attached=true');

    it('stops the session that lives', async () => {
      const ended = await run({ [`GET ${live}`]: { body: cluster() }, ...stopping }, attached, 'stop\n');

      expect(ended).toMatchObject({ code: 0, stdout: `${retrieved}Stopped session cluster live.\n` });
      expect(server.calls()).toContain(`POST ${live}/stop`);
    });

    it('stops it with savepoints where that is asked for', async () => {
      const options = [
        '-Ddrey.stop.savepoint=required',
        '-Ddrey.stop.savepoint-directory=s3://b/s',
        '-Ddrey.stop.ha=purge',
      ];

      await run({ [`GET ${live}`]: { body: cluster() }, ...stopping }, [...attached, ...options], 'stop\n');

      expect(server.received.find(({ path }) => path === `${live}/stop`)?.json).toEqual({
        savepoint: 'required',
        savepointDirectory: 's3://b/s',
        ha: 'purge',
      });
    });

    it('removes what is left of a session that failed', async () => {
      const ended = await run(
        { [`GET ${live}`]: { body: cluster({ state: 'FAILED' }) }, ...stopping },
        attached,
        'stop\n',
      );

      expect(ended).toMatchObject({ code: 0, stdout: 'Stopped session cluster live.\n' });
      expect(ended.stderr).toContain('The session cluster live has failed: what is left of it is removed.');
      expect(server.calls()).toContain(`POST ${live}/stop`);
    });

    it.each([attached, ['kubernetes-session', '-Dexecution.attached=true']])(
      'creates nothing when it is only to be stopped',
      async (...words) => {
        const ended = await run({}, words, 'stop\n');

        expect(ended.code).toBe(1);
        expect(ended.stderr).toContain('There is no session');
        expect(server.received.every(({ method }) => method === 'GET')).toBe(true);
      },
    );

    it('obeys lines, explains itself and leaves the session at the end of the input', async () => {
      const ended = await run({ ...starting, ...missingThenLive() }, attached, 'help\nfoo\n');

      const flinkHelp =
        'Available commands:\nhelp - show these commands\nstop - stop the kubernetes cluster\nquit - quit attach mode\n';
      expect(ended).toMatchObject({ code: 0, stdout: created });
      expect(ended.stderr.split(flinkHelp)).toHaveLength(3);
      expect(ended.stderr).toContain(`Unknown command 'foo'. Showing help:\n${flinkHelp}list - `);
      expect(ended.stderr).toMatch(/End of input: session cluster live keeps running\.\n$/);
      expect(server.calls()).not.toContain(`POST ${live}/stop`);
    });

    it('takes the commands of the command line, about its own cluster', async () => {
      const ended = await run(
        {
          [`GET ${live}`]: { body: cluster() },
          [`GET ${live}/jobs`]: { body: { jobs: [job()], reachable: 'True' } },
          [`GET ${live}/events`]: { body: { transitions: [], last: 0 } },
          [`GET ${live}/logs`]: { body: { log: 'one\ntwo\n' } },
          [`POST ${live}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId }),
        },
        attached,
        `list\nstatus\n\nlogs 2\nevents\ncancel ${jobId}\ncancel\nquit\n`,
      );

      expect(ended.code).toBe(0);
      expect(ended.stdout).toContain(`: ${jobId} : CarTopSpeedWindowingExample (RUNNING)`);
      expect(ended.stdout).toMatch(/^Cluster: +live$/m);
      expect(ended.stdout).toContain('one\ntwo\n');
      expect(ended.stdout).toContain(`Cancelled job ${jobId}.`);
      expect(ended.stdout).toContain('Missing JobID. Specify a JobID to cancel a job.');
      expect(ended.stdout).not.toContain('\u001B');
      expect(ended.stdout).not.toContain('live> ');
      expect(server.received.find(({ path }) => path === `${live}/logs`)?.query).toBe('?lines=2');
    });

    it('ends with the session', async () => {
      let polls = 0;

      const ended = await run(
        {
          [`GET ${live}`]: () => ({
            body: cluster((polls += 1) === 1 ? {} : { state: 'STOPPED', reason: 'Deleted' }),
          }),
        },
        attached,
        null,
      );

      expect(ended).toMatchObject({
        code: 0,
        stderr: expect.stringContaining('The session cluster live is STOPPED. Deleted'),
      });
    });

    it('leaves the session when told to quit', async () => {
      const ended = await run({ [`GET ${live}`]: { body: cluster() } }, attached, 'quit\nstop\n');

      expect(ended).toMatchObject({
        code: 0,
        stdout: retrieved,
        stderr: expect.stringContaining('Detached: session cluster live keeps running.'),
      });
    });

    it('stops a session that it started', async () => {
      const ended = await run({ ...starting, ...missingThenLive(), ...stopping }, attached, 'help\nstop\n');

      expect(ended).toMatchObject({ code: 0, stdout: `${created}Stopped session cluster live.\n` });
    });

    it('tells why it could not be stopped', async () => {
      const ended = await run(
        { [`GET ${live}`]: { body: cluster() }, [`POST ${live}/stop`]: problem('target-refused', 502, 'no') },
        attached,
        'stop\n',
      );

      expect(ended).toMatchObject({ code: 1, stdout: retrieved });
    });
  });
});

describe('run', () => {
  const submitted = accepted({ kind: 'submit', jobId });
  const remote = 's3://bucket/local/a.jar';
  const uploading = (): Replies => ({
    'POST /v1/targets/local/uploads': {
      status: 201,
      body: {
        jar: remote,
        url: `${server.origin}/bucket/a.jar?X-Amz-Signature=s3cret`,
        headers: { 'Content-Type': 'application/java-archive' },
        expiresAt: '',
      },
    },
    'PUT /bucket/a.jar': {},
    [`POST ${live}/jobs`]: submitted,
  });

  it('uploads the jar in one piece of known length and submits it', async () => {
    const ended = await run(
      uploading(),
      runOnLive(
        '-d',
        '-c',
        'a.B',
        '-p',
        '4',
        '-s',
        's3://x/sp',
        '-n',
        '-claimMode',
        'claim',
        '-Dpipeline.name=x',
        '--verbose',
        jar,
        '-p',
        '5',
        '--day',
        '-Dx=y',
      ),
    );

    const [upload, put, submit] = server.received.filter(({ method }) => method !== 'GET');
    expect(ended).toMatchObject({ code: 0, stdout: `Job has been submitted with JobID ${jobId}\n` });
    expect(ended.stderr).not.toContain('s3cret');
    expect(upload?.json).toEqual({ name: 'Top_Speed.jar', bytes: jarBytes.length });
    expect(put?.headers).toMatchObject({
      'content-length': String(jarBytes.length),
      'content-type': 'application/java-archive',
    });
    expect(put?.headers['transfer-encoding']).toBeUndefined();
    expect(put?.headers.authorization).toBeUndefined();
    expect(put?.body.equals(jarBytes)).toBe(true);
    expect(submit?.json).toEqual({
      jar: remote,
      args: ['-p', '5', '--day', '-Dx=y'],
      entryClass: 'a.B',
      parallelism: 4,
      restore: { path: 's3://x/sp', allowNonRestoredState: true, claimMode: 'CLAIM' },
      config: { 'pipeline.name': 'x' },
    });
  });

  it('tries an upload again that the bucket could not take', async () => {
    const answers = [{ status: 503 }, {}];

    const ended = await run({ ...uploading(), 'PUT /bucket/a.jar': () => answers.shift()! }, runOnLive('-d', jar));

    expect(ended.code).toBe(0);
    expect(server.received.filter(({ method }) => method === 'PUT').map(({ body }) => body.length)).toEqual([
      jarBytes.length,
      jarBytes.length,
    ]);
  });

  it('gives up an upload that is refused', async () => {
    const ended = await run({ ...uploading(), 'PUT /bucket/a.jar': { status: 403 } }, runOnLive('-d', jar));

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('was refused (403)') });
    expect(server.calls()).not.toContain(`POST ${live}/jobs`);
  });

  it('takes an earlier upload as it is, and waits for the end of the job', async () => {
    const ended = await run(
      {
        [`POST ${live}/jobs`]: submitted,
        [`GET ${live}/jobs/${jobId}`]: { body: job({ state: 'FINISHED', endTime: '2026-11-23T22:10:35.000Z' }) },
      },
      runOnLive(remote),
    );

    expect(ended).toMatchObject({
      code: 0,
      stdout: `Job has been submitted with JobID ${jobId}\nProgram execution finished\nJob with JobID ${jobId} has finished.\nJob Runtime: 1000 ms\n`,
    });
  });

  it('fails with the root cause of a job that failed', async () => {
    const ended = await run(
      {
        [`POST ${live}/jobs`]: submitted,
        [`GET ${live}/jobs/${jobId}`]: {
          body: job({ state: 'FAILED', message: 'java.lang.ArithmeticException: / by zero' }),
        },
      },
      runOnLive(remote),
    );

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      `Job ${jobId} (CarTopSpeedWindowingExample) is FAILED.\n  java.lang.ArithmeticException: / by zero\n`,
    );
  });

  it('says what to do when the session is not up yet', async () => {
    const ended = await run(
      { [`POST ${live}/jobs`]: problem('not-ready', 409, 'session live is DEPLOYING') },
      runOnLive(remote),
    );

    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/session live is DEPLOYING\nTry again in a while; `drey describe live` shows/),
    });
  });

  it.each([
    [[], 'Java program should be specified a JAR file.'],
    [
      ['/nowhere/x.jar'],
      'Could not get job jar and dependencies from JAR file: JAR file does not exist: /nowhere/x.jar',
    ],
    [['-p', '0', remote], 'The parallelism must be a positive number: 0'],
    [['-p', 'x', remote], 'The parallelism must be a positive number: x'],
    [['-p'], 'Missing argument for option: -p, --parallelism <n>'],
    [['--frobnicate', remote], 'Unrecognized option: --frobnicate'],
  ])('refuses %j before anything is asked', async (more, message) => {
    const ended = await run({}, runOnLive(...more));

    expect(ended).toMatchObject({ code: 1, stdout: `${message}${useHelp}` });
    expect(server.received).toEqual([]);
  });

  it.each([
    ['text.jar', 'no zip'],
    ['empty.jar', ''],
    ['zip.txt', 'PK\u0003\u0004'],
  ])('refuses %s as no jar', async (name, content) => {
    const file = join(folder, name);
    await writeFile(file, content);

    const ended = await run({}, runOnLive(file));

    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('not a jar');
    expect(server.received).toEqual([]);
  });

  it('needs to know the cluster', async () => {
    expect(await run({}, ['run', jar])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('No cluster id was specified.'),
    });
  });

  it.each([
    ['Top Speed (1).jar', 'Top_Speed__1_.jar'],
    ['ü.JAR', '_.jar'],
    [`${'x'.repeat(300)}.jar`, `${'x'.repeat(196)}.jar`],
  ])('uploads %s under a name that is allowed', (file, name) => {
    expect(toUploadName(join('/some where', file))).toBe(name);
  });
});

describe('every verb', () => {
  it.each(['kubernetes-session', 'run', 'list', 'cancel'])('%s refuses per-job mode up front', async (verb) => {
    const ended = await run({}, [
      verb,
      '-t',
      'kubernetes-per-job',
      '-Dkubernetes.cluster-id=x',
      ...(verb === 'run' ? [jar] : []),
    ]);

    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Per-Job Mode not supported by Active Kubernetes deployments.\n'),
    });
    expect(server.received).toEqual([]);
  });

  it.each([['-e', 'kubernetes-per-job'], ['-Dexecution.target=kubernetes-per-job']])(
    'knows the other ways to say it: %s',
    async (...words) => {
      expect(await run({}, ['list', ...words])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Per-Job Mode'),
      });
    },
  );

  it('asks which target is meant when there are several', async () => {
    const ended = await run({ 'GET /v1/targets': { body: { targets: [{ name: 'one' }, { name: 'two' }] } } }, ['list']);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('  one\n  two\nUse --at NAME') });
  });

  it.each([
    [['--at', 'etl'], {}],
    [['-Ddrey.target=etl'], {}],
    [[], { DREY_TARGET: 'etl' }],
  ])('takes the target of %j and %j', async (words, env) => {
    server.answer({ 'GET /v1/targets/etl/clusters': { body: { clusters: [] } } });

    const ended = await drey(['list', ...words], { api: server.url, env });

    expect(ended).toMatchObject({ code: 0, stdout: 'There is no live cluster in target etl.\n' });
  });

  it('takes options in front of it, too', async () => {
    expect(
      await run({ [`GET ${live}/jobs`]: { body: { jobs: [], reachable: 'True' } } }, [
        '-Dkubernetes.cluster-id=live',
        'list',
        '-r',
      ]),
    ).toMatchObject({
      code: 0,
      stdout: 'Waiting for response...\nNo running jobs.\n',
    });
  });
});

describe('list', () => {
  const jobs = { jobs: [job(), job({ jobId: 'f'.repeat(32), state: 'FINISHED', name: 'done' })], reachable: 'True' };

  it('prints the jobs of a cluster as Flink does', async () => {
    const ended = await run({ [`GET ${live}/jobs`]: { body: jobs } }, [
      'list',
      '--target',
      'kubernetes-session',
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(`23.11.2026 22:10:34 : ${jobId} : CarTopSpeedWindowingExample (RUNNING)\n`);
    expect(ended.stdout).not.toContain('done');
  });

  it('says that a cluster is over, not that it does not answer', async () => {
    const ended = await run({ [`GET ${live}/jobs`]: { body: { jobs: [], reachable: 'False' } } }, [
      'list',
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(ended.stderr).toContain('Cluster live is over');
  });

  it('shows clusters that are over, too, with -a', async () => {
    const over = [cluster({ clusterId: 'done', state: 'STOPPED' })];

    const ended = await run(
      { [`GET ${clusters}`]: { body: { clusters: over } }, [`GET ${clusters}/done/jobs`]: { body: jobs } },
      ['list', '-a'],
    );

    expect(ended.stdout).toMatch(/done.*STOPPED/);
    expect(server.received.some(({ query }) => query.includes('STOPPED'))).toBe(true);
  });

  it('shows what was seen last of a cluster that does not answer, and says so', async () => {
    const ended = await run({ [`GET ${live}/jobs`]: { body: { ...jobs, reachable: 'Unknown' } } }, [
      'list',
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(jobId),
      stderr: expect.stringContaining('Cluster live does not answer now: this is how it was seen last.'),
    });
  });

  it("says in Flink's words that there is no such cluster", async () => {
    const ended = await run({}, ['list', '-Dkubernetes.cluster-id=nowhere']);

    expect(ended).toMatchObject({
      code: 1,
      stdout: 'Waiting for response...\n',
      stderr: expect.stringContaining('Could not get the rest endpoint of nowhere\n'),
    });
  });

  it('shows the clusters of the target with their live jobs, over pages', async () => {
    const pages = [
      { body: { clusters: [cluster()], cursor: 'next' } },
      { body: { clusters: [cluster({ clusterId: 'other', state: 'DEPLOYING' })] } },
    ];

    const ended = await run(
      {
        [`GET ${clusters}`]: () => pages.shift()!,
        [`GET ${live}/jobs`]: { body: jobs },
        [`GET ${clusters}/other/jobs`]: { body: { jobs: [], reachable: 'Unknown' } },
      },
      ['list'],
    );

    expect(ended.code).toBe(0);
    expect(ended.stdout.split('\n')).toEqual([
      'CLUSTER / JOB                       STATE      SINCE                IMAGE / NAME',
      'live                                RUNNING    23.11.2026 22:10:16  flink:2.2',
      `  ${jobId}  RUNNING    23.11.2026 22:10:34  CarTopSpeedWindowingExample`,
      'other                               DEPLOYING  23.11.2026 22:10:16  flink:2.2',
      '',
    ]);
  });

  it('shows a cluster that cannot tell its jobs now', async () => {
    const ended = await run(
      {
        [`GET ${clusters}`]: { body: { clusters: [cluster()] } },
        [`GET ${live}/jobs`]: problem('target-refused', 502, 'not allowed'),
      },
      ['list'],
    );

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('live'),
      stderr: 'The jobs of live are not known: not allowed\n',
    });
  });

  it('prints nothing but JSON when asked to', async () => {
    const ended = await run({ [`GET ${live}/jobs`]: { body: jobs } }, [
      'list',
      '--output',
      'json',
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(JSON.parse(ended.stdout)).toEqual({ jobs: [job()], reachable: 'True' });
  });
});

describe('cancel', () => {
  const lines = `Cancelling job ${jobId}.\nCancelled job ${jobId}.\n`;
  const canceling: Replies = { [`POST ${live}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId }) };

  it('prints what Flink prints', async () => {
    const ended = await run(canceling, [
      'cancel',
      '--target',
      'kubernetes-session',
      jobId.toUpperCase(),
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: lines });
    expect(lines.trimEnd().split('\n')).toEqual(await golden('live-cancel'));
  });

  it('finds the cluster of the job', async () => {
    const found: Replies = {
      [`GET ${clusters}`]: { body: { clusters: [cluster({ clusterId: 'other' }), cluster()] } },
      [`GET ${clusters}/other/jobs`]: { body: { jobs: [], reachable: 'True' } },
      [`GET ${live}/jobs`]: { body: { jobs: [job()], reachable: 'True' } },
    };

    expect(await run({ ...canceling, ...found }, ['cancel', jobId])).toMatchObject({ code: 0, stdout: lines });
  });

  it.each([[['-Dkubernetes.cluster-id=live']], [[]]])('says that it could not, with %j', async (more) => {
    const ended = await run({ [`GET ${clusters}`]: { body: { clusters: [] } } }, ['cancel', ...more, jobId]);

    expect(ended).toMatchObject({
      code: 1,
      stdout: `Cancelling job ${jobId}.\n`,
      stderr: expect.stringContaining(`Could not cancel job ${jobId}.\n`),
    });
  });

  it.each([
    [[], 'Missing JobID. Specify a JobID to cancel a job.'],
    [
      ['xyz'],
      'Cannot parse JobID from "xyz". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.',
    ],
  ])('refuses %j', async (operands, message) => {
    expect(await run({}, ['cancel', ...operands])).toMatchObject({ code: 1, stdout: `${message}${useHelp}` });
    expect(server.received).toEqual([]);
  });
});

describe('what there is to read', () => {
  const transition = {
    id: 'x',
    target: 'local',
    clusterId: 'live',
    sequence: 1,
    labels: {},
    at: '2026-11-23T22:10:16.000Z',
    subject: 'cluster',
    from: null,
    to: 'REQUESTED',
  };
  const transitions = {
    ...transition,
    sequence: 2,
    from: 'DEPLOYING',
    to: 'FAILED',
    reason: 'ImagePullBackOff',
    message: 'no such image',
  };

  it('describes a cluster', async () => {
    const condition = {
      type: 'Reachable' as const,
      status: 'True' as const,
      reason: 'Answered',
      message: '',
      since: '2026-11-23T22:10:16.000Z',
    };

    const ended = await run(
      {
        [`GET ${live}`]: { body: cluster({ conditions: [condition], labels: { team: 'etl' } }) },
        [`GET ${live}/jobs`]: { body: { jobs: [job()], reachable: 'True' } },
        [`GET ${live}/events`]: { body: { transitions: [transition, transitions], last: 2 } },
      },
      ['describe', 'live'],
    );

    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^Cluster: +live\n/);
    expect(ended.stdout).toMatch(/^Reachable: +True since 23.11.2026 22:10:16 \(Answered\)$/m);
    expect(ended.stdout).toContain(jobId);
    expect(ended.stdout).toContain('cluster: DEPLOYING → FAILED (ImagePullBackOff: no such image)');
  });

  it('shows what a cluster on its way waits for', async () => {
    const phase = 'Unschedulable: 0/1 nodes are available';
    const coming = cluster({ state: 'DEPLOYING' });

    const ended = await run(
      {
        [`GET ${live}`]: { body: coming },
        [`GET /v1/operations/${coming.operationId}`]: { body: operation({ phase }) },
        [`GET ${live}/jobs`]: { body: { jobs: [], reachable: 'Unknown' } },
        [`GET ${live}/events`]: { body: { transitions: [], last: 0 } },
      },
      ['describe', 'live'],
    );

    expect(ended.stdout).toContain(`Waits for: ${phase}`);
  });

  it('shows events over pages', async () => {
    const ended = await run(
      {
        [`GET ${live}/events`]: ({ query }) => ({
          body: query.includes('after=0')
            ? { transitions: [transition, transitions], last: 2 }
            : { transitions: [], last: 2 },
        }),
      },
      ['events', 'live'],
    );

    expect(ended.stdout).toBe(
      '   1  23.11.2026 22:10:16  cluster: REQUESTED\n   2  23.11.2026 22:10:16  cluster: DEPLOYING → FAILED (ImagePullBackOff: no such image)\n',
    );
  });

  it('shows logs', async () => {
    const ended = await run({ [`GET ${live}/logs`]: { body: { log: 'one\ntwo\n' } } }, [
      'logs',
      'live',
      '-n',
      '2',
      '--previous',
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: 'one\ntwo\n' });
    expect(server.received.at(-1)?.query).toBe('?lines=2&previous=true');
  });

  it('shows an operation with its problem', async () => {
    const failed = problem('deployment-failed', 502, 'it did not come up');

    const ended = await run(
      {
        [`GET /v1/operations/${'1'.repeat(32)}`]: { body: { ...operation({ state: 'FAILED' }), problem: failed.body } },
      },
      ['operation', '1'.repeat(32)],
    );

    expect(ended.stdout).toMatch(/State: +FAILED\n[^]*Problem: it did not come up\n/);
  });

  it('shows the clusters in states that are asked for', async () => {
    const ended = await run(
      { [`GET ${clusters}`]: { body: { clusters: [cluster({ state: 'FAILED', reason: 'OOMKilled' })] } } },
      ['clusters', '--all', '--label', 'a=b'],
    );

    expect(ended.stdout).toContain('OOMKilled');
    expect(server.received.at(-1)?.query).toBe(
      '?state=QUEUED%2CREQUESTED%2CDEPLOYING%2CRUNNING%2CSTOPPING%2CSTOPPED%2CFINISHED%2CCANCELED%2CFAILED&label=a%3Db',
    );
  });

  it('shows targets', async () => {
    expect((await run({}, ['targets'])).stdout).toMatch(/^TARGET +EKS CLUSTER.*\nlocal +flink +us-east-1 +golden\n$/);
  });

  it('shows one as the file that makes it', async () => {
    expect((await run({}, ['targets', 'get', 'local'])).stdout).toContain('namespace: golden\n');
    expect((await run({}, ['targets', 'describe', 'local'])).stdout).not.toContain('name: local');
    expect(await run({}, ['targets', 'get', 'etl'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no target etl.'),
    });
  });

  it('removes a target, or says what is still on it', async () => {
    const there = problem('wrong-state', 409, 'target etl still has clusters my: stop the clusters, then try again');

    expect(
      await run({ 'DELETE /v1/targets/etl': { body: { name: 'etl' } } }, ['targets', 'delete', 'etl']),
    ).toMatchObject({ code: 0, stdout: 'Target etl is removed.\n' });
    expect(await run({ 'DELETE /v1/targets/etl': there }, ['targets', 'delete', 'etl'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/still has clusters my.*\n$/),
    });
    expect(await run({}, ['targets', 'delete'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('delete NAME'),
    });
  });

  it('makes a target of a file', async () => {
    const file = join(folder, 'etl.yaml');
    await writeFile(file, 'cluster: flink\nregion: eu-central-1\nnamespace: etl\n');
    const target = { cluster: 'flink', region: 'eu-central-1', namespace: 'etl' };

    const ended = await run({ 'PUT /v1/targets/etl': { body: { name: 'etl', ...target } } }, [
      'targets',
      'put',
      'etl',
      file,
    ]);

    expect(ended).toMatchObject({
      code: 0,
      stdout: 'Target etl is EKS cluster flink in eu-central-1, namespace etl.\n',
    });
    expect(server.received.at(-1)?.json).toEqual(target);
  });
});

describe('orphans', () => {
  const orphansPath = '/v1/targets/local/orphans';
  const orphan = {
    kind: 'ConfigMap',
    name: 'a-cluster-config-map',
    uid: 'u-1',
    clusterId: 'a',
    reason: 'HighAvailabilityData',
  };
  const replies: Replies = {
    [`GET ${orphansPath}`]: { body: { orphans: [orphan] } },
    [`POST ${orphansPath}/removal`]: { body: { orphans: [orphan] } },
  };

  it('are shown in a table, and to programs as JSON', async () => {
    expect((await run(replies, ['orphans'])).stdout).toMatch(/ConfigMap.*a-cluster-config-map.*HighAvailabilityData/);
    expect(JSON.parse((await run(replies, ['orphans', '--output', 'json'])).stdout)).toEqual({ orphans: [orphan] });
  });

  it('are removed by name, as they were listed', async () => {
    const ended = await run(replies, ['orphans', 'remove', 'ConfigMap/a-cluster-config-map']);

    expect(ended).toMatchObject({ code: 0, stdout: 'ConfigMap a-cluster-config-map is removed.\n' });
    expect(server.received.at(-1)?.json).toEqual({
      orphans: [{ kind: 'ConfigMap', name: 'a-cluster-config-map', uid: 'u-1' }],
    });
  });

  it('have to be there', async () => {
    expect(await run(replies, ['orphans', 'remove', 'b'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('b is no orphan in target local.'),
    });
    expect(await run(replies, ['orphans', 'keep'])).toMatchObject({ code: 1 });
  });
});
