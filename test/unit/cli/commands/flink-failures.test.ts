import { writeFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, job, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const { jobId } = job();
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const remote = 's3://bucket/local/x.jar';
const server = useLoopbackApi();
const folder = useFolder();
const jar = join(folder, 'x.jar');
writeFileSync(jar, 'PK\u0003\u0004 a jar');
const running = { body: cluster() };
const jobs = (...all: ReturnType<typeof job>[]) => ({
  [`GET ${live}/jobs`]: { body: { jobs: all, reachable: 'True' } },
});
const finished = job({ state: 'FINISHED', endTime: '2026-11-23T22:10:44.000Z' });
const uploading = (): Replies => ({
  'POST /v1/targets/local/uploads': {
    status: 201,
    body: { jar: remote, url: `${server.origin}/bucket/x.jar`, headers: {} },
  },
  'PUT /bucket/x.jar': {},
  [`GET ${live}`]: running,
  [`GET ${live}/jobs/${jobId}`]: { body: finished },
  [`POST ${live}/jobs`]: accepted({ kind: 'submit', jobId }),
});
const taking = (what: string, more: object = {}): Replies => ({
  [`POST ${live}/jobs/${jobId}/${what}`]: accepted({ jobId, ...more }),
});
const useHelp = '\n\nUse the help option (-h or --help) to get help on the command.\n';

describe("failures of Flink's commands", () => {
  const run = (words: readonly string[], replies: Replies = {}) => {
    server.answer({ 'GET /v1/targets': oneTarget, ...replies });
    return drey(words, { api: server.url });
  };

  it('refuses per-job mode before any request', async () => {
    const ended = await run(['run', '-t', 'kubernetes-per-job', jar]);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Per-Job Mode not supported') });
    expect(server.received).toEqual([]);
  });

  it.each([
    ['stop', 'stop', `Could not stop with a savepoint job "${jobId}".`],
    ['savepoint', 'savepoints', `Failed to trigger a savepoint for the job ${jobId}.`],
    ['checkpoint', 'checkpoints', `Failed to trigger a checkpoint for the job ${jobId}.`],
  ])('says that %s failed, and why', async (action, what, sentence) => {
    const failing = taking(what, {
      state: 'FAILED',
      problem: problem('savepoint-failed', 502, 'IOException: disk full').body as never,
    });

    const ended = await run([action, '-Dkubernetes.cluster-id=live', jobId], failing);

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
    expect(ended.stderr).toContain('disk full');
  });

  it.each([
    [['stop'], 'Missing JobID. Specify a JobID to stop it.'],
    [['savepoint'], 'Missing JobID. Specify a JobID to trigger a savepoint.'],
    [['stop', '-type', 'odd', jobId], 'Unknown format type: odd. The format must be canonical or native.'],
    [['savepoint', '-d', 's3://b/sp', jobId], `-d deletes a savepoint and takes no job. Remove ${jobId}.`],
    [['info', 'x.jar'], /^No cluster id was specified\./],
    [['list', '-m', '!'], /^! is not the address of a cluster of Drey\. Specify its id/],
    [['run', '-p', '0', 'x.jar'], 'The parallelism must be a positive number: 0'],
  ])('refuses %j', async (words, message) => {
    const ended = await run(words);

    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(message);
    expect(ended.stdout).toContain(useHelp.trim());
    expect(server.received).toEqual([]);
  });

  it('finds the cluster of a job where none is named', async () => {
    const found = {
      [`GET ${clusters}`]: { body: { clusters: [cluster()] } },
      ...jobs(job()),
      ...taking('stop', { kind: 'stop-job', savepoint: 's3://b/1' }),
    };

    expect(await run(['stop', jobId], found)).toMatchObject({ code: 0 });
  });

  it('reads the cluster and the options of jobs from the configuration folder', async () => {
    const conf = await mkdtemp(join(folder, 'conf-'));
    const lines = ['kubernetes.cluster-id: live', 'parallelism.default: 3', 'execution.checkpointing.interval: 10 s'];
    await writeFile(join(conf, 'config.yaml'), [...lines, 'jobmanager.memory.process.size: 2g', ''].join('\n'));
    const env = { FLINK_CONF_DIR: conf };
    server.answer({
      'GET /v1/targets': oneTarget,
      ...uploading(),
      ...jobs(job()),
      ...taking('stop', { kind: 'stop-job' }),
    });

    const codes = [
      await drey(['run', '-d', '-Dparallelism.default=4', jar], { api: server.url, env }),
      await drey(['list'], { api: server.url, env }),
      await drey(['stop', jobId], { api: server.url, env }),
    ].map(({ code }) => code);

    expect(codes).toEqual([0, 0, 0]);
    expect(server.calls()).toEqual(expect.arrayContaining([`GET ${live}/jobs`, `POST ${live}/jobs/${jobId}/stop`]));
    expect(
      server.received.find(({ method, path }) => method === 'POST' && path === `${live}/jobs`)?.json,
    ).toMatchObject({
      config: { 'parallelism.default': '4', 'execution.checkpointing.interval': '10 s' },
    });
    expect(JSON.stringify(server.received.map(({ json }) => json))).not.toContain('jobmanager.memory');
  });

  it('takes -v of an action, which Flink has', async () => {
    expect(await run(['list', '-v', '-Dkubernetes.cluster-id=live'], jobs(job()))).toMatchObject({ code: 0 });
  });

  it('takes a parallelism of -1 for none', async () => {
    await run(['run', '-d', '-Dkubernetes.cluster-id=live', '-p', '-1', jar], uploading());

    expect(server.received.findLast(({ method }) => method === 'POST')?.json).not.toHaveProperty('parallelism');
  });

  it('prints what the API answered, for programs', async () => {
    const ended = await run(
      ['savepoint', '--output', 'json', '-Dkubernetes.cluster-id=live', jobId],
      taking('savepoints', { kind: 'savepoint', savepoint: 's3://b/1' }),
    );

    expect(JSON.parse(ended.stdout)).toMatchObject({ operation: { savepoint: 's3://b/1' } });
  });
});
