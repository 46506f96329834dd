import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { packageFolder, spawnDrey, spawnProgram } from './drey.ts';
import { accepted, cluster, job, oneTarget, operation, problem, startLoopbackApi } from './loopback-api.ts';

let server: Awaited<ReturnType<typeof startLoopbackApi>>;
beforeAll(async () => {
  server = await startLoopbackApi();
});
afterAll(() => server[Symbol.asyncDispose]());

const run = (words: readonly string[], input?: string | null) =>
  spawnDrey(words, { api: server.url, ...(input === undefined ? {} : { input }) });

describe('the process', () => {
  it.each([
    { words: ['--help'], code: 0, stdout: 'Usage: drey <action>' },
    { words: ['run', '-h'], code: 0, stdout: 'Examples:' },
    { words: ['run-application', '-h'], code: 0, stdout: 'Examples:' },
    { words: ['render', '-h'], code: 0, stdout: 'run-application' },
    { words: ['render', 'run', '-h'], code: 0, stdout: 'Examples:' },
    { words: ['kubernetes-session', '-h'], code: 0, stdout: 'Examples:' },
    { words: ['--version'], code: 0, stdout: 'Version: ' },
    { words: [], code: 1, stdout: 'Please specify an action.' },
    { words: ['explode'], code: 1, stdout: '"explode" is not a valid action.' },
    { words: ['lst'], code: 1, stdout: '"lst" is not a valid action. Did you mean "list"?' },
    { words: ['explode', '--help'], code: 1, stdout: '"explode" is not a valid action.' },
    { words: ['--api', 'http://127.0.0.1', 'explode', '-h'], code: 1, stdout: '"explode" is not a valid action.' },
    { words: ['queue', 'explode', '--help'], code: 1, stdout: '"explode" is not a valid action.' },
    { words: ['render', 'explode', '--help'], code: 1, stdout: '"explode" is not a valid action.' },
    { words: ['list', '--output', 'xml'], code: 1, stdout: '--output must be table, json or yaml, not "xml".' },
    { words: ['list', 'x'], code: 1, stdout: 'too many arguments' },
  ])('$words ends with $code', async ({ words, code, stdout }) => {
    const ended = await run(words).ended;

    expect(ended).toMatchObject({ code, stderr: '' });
    expect(ended.stdout).toContain(stdout);
  });

  it('fails when its output cannot be written', async () => {
    const words = ['-c', '"$0" "$@" > /dev/full', process.execPath, join(packageFolder, 'cli/bin.js'), '--help'];

    const ended = await spawnProgram('sh', words, { api: undefined }).ended;

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^The output cannot be written: ENOSPC/) });
  });

  it('stops a session through a pipe', async () => {
    server.answer({
      'GET /v1/targets': oneTarget,
      'GET /v1/targets/local/clusters/live': { body: cluster() },
      'POST /v1/targets/local/clusters/live/stop': accepted({ kind: 'stop' }),
    });

    const ended = await run(
      ['kubernetes-session', '-Dkubernetes.cluster-id=live', '-Dexecution.attached=true'],
      'stop\n',
    ).ended;

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Retrieve flink cluster live successfully.*\nStopped session cluster live\.\n$/),
    });
  });

  it('ends cleanly with 130 on Ctrl-C, and says that the operation continues', async () => {
    const { promise: poll, resolve: polled } = Promise.withResolvers<void>();
    const open = operation({ state: 'IN_PROGRESS', phase: 'waiting for the JobManager' });
    server.answer({
      'GET /v1/targets': oneTarget,
      'POST /v1/targets/local/clusters': { status: 202, body: { operation: open } },
      [`GET /v1/targets/local/operations/${open.operationId}`]: () => {
        polled();
        return { body: open };
      },
    });

    const { child, ended } = run(['kubernetes-session'], null);
    await poll;
    child.kill('SIGINT');

    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`The deploy continues. Run \`drey operation ${open.operationId}\` for its status.`);
    expect(stderr).not.toMatch(/\bat .*:\d+/);
  });

  it.each([
    [[], false, 'The session cluster live keeps running.'],
    [['-Dexecution.shutdown-on-attached-exit=true'], true, 'Stopping session cluster live'],
  ] as const)('follows execution.shutdown-on-attached-exit when it is interrupted: %j', async (more, stops, told) => {
    server.answer({
      'GET /v1/targets': oneTarget,
      'GET /v1/targets/local/clusters/live': { body: cluster() },
      'POST /v1/targets/local/clusters/live/stop': accepted({ kind: 'stop' }),
    });

    const { child, ended } = run(
      ['kubernetes-session', '-Dkubernetes.cluster-id=live', '-Dexecution.attached=true', ...more],
      null,
    );
    await once(child.stdout, 'data');
    child.kill('SIGTERM');

    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining(told) });
    expect(server.calls().includes('POST /v1/targets/local/clusters/live/stop')).toBe(stops);
  });

  it('stops a session that was being started, where it shall end with its client', async () => {
    const { promise: poll, resolve: polled } = Promise.withResolvers<void>();
    const open = operation({ state: 'IN_PROGRESS' });
    let exists = false;
    server.answer({
      'GET /v1/targets': oneTarget,
      'GET /v1/targets/local/clusters/live': () =>
        exists ? { body: cluster({ state: 'DEPLOYING' }) } : problem('not-found', 404, 'there is no cluster live'),
      'POST /v1/targets/local/clusters': () => {
        exists = true;
        return { status: 202, body: { operation: open } };
      },
      [`GET /v1/targets/local/operations/${open.operationId}`]: () => {
        polled();
        return { body: open };
      },
      'POST /v1/targets/local/clusters/live/stop': accepted({ kind: 'stop' }),
    });

    const attached = ['-Dexecution.attached=true', '-Dexecution.shutdown-on-attached-exit=true'];
    const { child, ended } = run(['kubernetes-session', '-Dkubernetes.cluster-id=live', ...attached], null);
    await poll;
    child.kill('SIGINT');

    expect(await ended).toMatchObject({ code: 130, stdout: 'Stopped session cluster live.\n' });
  });

  it.each([
    [['-sae'], 1],
    [[], 0],
  ] as const)('with %j leaves an attached application on Ctrl-C as it is told', async (flags, stops) => {
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    const own = cluster({ mode: 'application' });
    server.answer({
      'GET /v1/targets': oneTarget,
      'POST /v1/targets/local/clusters': accepted(),
      'GET /v1/targets/local/clusters/live': () => {
        resolve();
        return { body: own };
      },
      'POST /v1/targets/local/clusters/live/stop': accepted({ kind: 'stop' }),
    });
    const words = ['run', '-t', 'kubernetes-application', '-Dexecution.attached=true', ...flags, 'local:///a.jar'];

    const { child, ended } = run(words, null);
    await looked;
    setTimeout(() => child.kill('SIGINT'), 300);

    expect((await ended).code).toBe(130);
    expect(server.calls().filter((call) => call.endsWith('/stop'))).toHaveLength(stops);
  });

  it.each([
    [['-sae'], 1],
    [[], 0],
  ] as const)('with %j leaves the job of an attached run on Ctrl-C as it is told', async (flags, cancels) => {
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    const { jobId } = job();
    server.answer({
      'GET /v1/targets': oneTarget,
      'GET /v1/targets/local/clusters/live': { body: cluster() },
      'POST /v1/targets/local/clusters/live/jobs': accepted({ kind: 'submit', jobId }),
      [`GET /v1/targets/local/clusters/live/jobs/${jobId}`]: () => {
        resolve();
        return { body: job() };
      },
      [`POST /v1/targets/local/clusters/live/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel' }),
    });

    const { child, ended } = run(['run', '-Dkubernetes.cluster-id=live', ...flags, 's3://bucket/a.jar'], null);
    await looked;
    child.kill('SIGINT');

    expect((await ended).code).toBe(130);
    expect(server.calls().filter((call) => call.endsWith('/cancel'))).toHaveLength(cancels);
  });

  it('shows no stack when something is wrong', async () => {
    server.answer({ 'GET /v1/targets': { body: { nonsense: true } } });

    const ended = await run(['list']).ended;

    expect(ended.code).toBe(1);
    expect(ended.stderr).not.toMatch(/\bat .*:\d+/);
  });

  it('is what package.json calls drey', async () => {
    const { bin } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));

    expect(bin).toEqual({ drey: './cli/bin.js' });
  });
});

describe("Flink's own names", () => {
  const env = { PATH: `${join(packageFolder, 'node_modules/node/bin')}:/usr/bin:/bin` };
  let flinkFolder: string;
  beforeAll(async () => {
    flinkFolder = await mkdtemp(join(tmpdir(), 'flink-'));
    await Promise.all([mkdir(join(flinkFolder, 'bin')), mkdir(join(flinkFolder, 'conf'))]);
    for (const script of ['flink', 'kubernetes-session.sh'])
      await symlink(join(packageFolder, 'bin', script), join(flinkFolder, 'bin', script));
    await writeFile(join(flinkFolder, 'conf/config.yaml'), 'taskmanager.numberOfTaskSlots: 3\n');
  });
  afterAll(() => rm(flinkFolder, { recursive: true }));

  it('are programs of the package', async () => {
    const ended = await spawnProgram(join(packageFolder, 'bin/flink'), ['launch'], { api: server.url, env }).ended;

    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('"launch" is not a valid action.') });
  });

  it('read the conf folder beside them', async () => {
    server.answer({
      'GET /v1/targets': oneTarget,
      'POST /v1/targets/local/clusters': accepted(),
      'GET /v1/targets/local/clusters/live': { body: cluster() },
    });

    const ended = await spawnProgram(join(flinkFolder, 'bin/kubernetes-session.sh'), [], { api: server.url, env })
      .ended;

    expect(ended).toMatchObject({ code: 0, stderr: expect.any(String) });
    expect(server.received.find(({ method }) => method === 'POST')?.json).toMatchObject({
      config: { 'taskmanager.numberOfTaskSlots': expect.anything() },
    });
  });
});
