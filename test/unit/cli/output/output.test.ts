import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { actions } from '#cli/commander/actions.ts';
import { drey, spawnDrey } from '#test/unit/cli/drey.ts';
import {
  accepted,
  cluster,
  job,
  oneTarget,
  problem,
  type Replies,
  startLoopbackApi,
} from '#test/unit/cli/loopback-api.ts';

let server: Awaited<ReturnType<typeof startLoopbackApi>>;
let folder: string;
let jar: string;
beforeAll(async () => {
  server = await startLoopbackApi();
  folder = await mkdtemp(join(tmpdir(), 'drey-'));
  jar = join(folder, 'a.jar');
  await writeFile(jar, Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), Buffer.alloc(1_000)]));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const { jobId } = job();
const replies = (): Replies => ({
  'GET /v1/targets': oneTarget,
  [`GET ${clusters}`]: { body: { clusters: [cluster()] } },
  [`GET ${live}`]: { body: cluster() },
  [`GET ${live}/jobs`]: { body: { jobs: [job()], reachable: 'True' } },
  [`POST ${clusters}`]: accepted({ state: 'IN_PROGRESS' }),
  [`POST ${live}/stop`]: accepted({ kind: 'stop' }),
  [`POST ${live}/jobs`]: accepted({ kind: 'submit', jobId, state: 'IN_PROGRESS' }),
  [`POST ${live}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId, state: 'IN_PROGRESS' }),
  [`POST ${live}/jobs/${jobId}/stop`]: accepted({ kind: 'stop-job', jobId, state: 'IN_PROGRESS' }),
  [`POST ${live}/jobs/${jobId}/checkpoints`]: accepted({ kind: 'checkpoint', jobId, state: 'IN_PROGRESS' }),
  [`POST ${live}/savepoint-disposals`]: accepted({ kind: 'dispose-savepoint', state: 'IN_PROGRESS' }),
  [`POST ${live}/jobs/${jobId}/savepoints`]: accepted({ kind: 'savepoint', jobId, state: 'IN_PROGRESS' }),
});
const run = (words: readonly string[], more: Replies = {}) => {
  server.answer({ ...replies(), ...more });
  return drey(words, { api: server.url });
};

describe('--output', () => {
  it('prints the same as YAML and as JSON', async () => {
    const json = await run(['clusters', '--output', 'json']);
    const yaml = await run(['clusters', '--output', 'yaml']);

    expect(yaml.stdout).toMatch(/^clusters:\n {2}- target: local\n/);
    expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout));
  });

  it('yaml has failures as JSON on stderr', async () => {
    const ended = await run(['describe', 'other', '--output', 'yaml']);

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(ended.stderr)).toMatchObject({ error: { code: 'not-found' } });
  });

  it.each(actions.map(({ name }) => name))('is taken by %s', async (name) => {
    const { stdout } = await run([name, '--help']);

    expect(stdout).toContain('--output <format>');
    expect(stdout).toContain('--quiet');
  });
});

describe('--quiet', () => {
  const words = ['kubernetes-session', '-Dkubernetes.cluster-id=live', '-Dexecution.attached=true', '--quiet'];

  it('leaves results alone', async () => {
    server.answer(replies());

    const ended = await drey(words, { api: server.url, input: 'stop\n' });

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('Stopped session cluster live.');
  });

  it('still prints errors', async () => {
    expect(await run(['describe', 'other', '--quiet'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('there is no'),
    });
  });
});

describe('--no-wait', () => {
  it.each([
    ['kubernetes-session -Dkubernetes.cluster-id=live', 'Retrieve flink cluster live'],
    [
      'run -t kubernetes-application -Dkubernetes.cluster-id=live local:///a.jar',
      'Application cluster live is starting.',
    ],
    ['run-application -Dkubernetes.cluster-id=live local:///a.jar', 'Application cluster live is starting.'],
    ['run -Dkubernetes.cluster-id=live s3://bucket/a.jar', `Submission of job ${jobId} requested.`],
    [`cancel -Dkubernetes.cluster-id=live ${jobId}`, `Cancellation of job ${jobId} requested.`],
    [`stop -Dkubernetes.cluster-id=live ${jobId}`, 'Successfully trigger stop-with-savepoint in detached mode'],
    [`checkpoint -Dkubernetes.cluster-id=live ${jobId}`, `Checkpoint of job ${jobId} requested. Operation: `],
    [
      'savepoint -Dkubernetes.cluster-id=live -d s3://bucket/sp',
      "Deletion of savepoint 's3://bucket/sp' requested. Operation: ",
    ],
    [`savepoint -Dkubernetes.cluster-id=live ${jobId}`, 'Successfully trigger manual savepoint'],
  ])('returns at once from %s', async (line, told) => {
    const [action = '', ...words] = line.split(' ');

    const ended = await run([action, '--no-wait', ...words]);

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(told) });
    expect(server.received.filter(({ headers }) => headers.prefer !== undefined)).toEqual([]);
    expect(server.calls().join()).not.toContain('/v1/targets/local/operations/');
  });

  it('is refused for an attached application', async () => {
    const words = ['run-application', '--no-wait', '-Dexecution.attached=true', 'local:///a.jar'];

    expect(await run(words)).toMatchObject({ code: 1, stdout: expect.stringContaining('cannot be combined') });
  });
});

describe('colours', () => {
  const clustersWith = async (env: Readonly<Record<string, string>>) => {
    server.answer(replies());
    return (await spawnDrey(['clusters'], { api: server.url, env }).ended).stdout.includes('\u001B[32mRUNNING');
  };

  it.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ NO_COLOR: '1' }, false],
  ])('on a pipe with %j: %s', async (env, coloured) => {
    expect(await clustersWith(env)).toBe(coloured);
  });
});

describe('--verbose', () => {
  const secrets = ['AKIDEXAMPLE', 'wJalrXUtnFEMI', 'FwoGZXIvYXdzE', 's3cret', 'Signature', 'authorization'];
  const env = { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI', AWS_SESSION_TOKEN: 'FwoGZXIvYXdzE' };
  const upload = (): Replies[string] => ({
    status: 201,
    body: {
      jar: 's3://bucket/a.jar',
      url: `${server.origin}/bucket/a.jar?X-Amz-Signature=s3cret`,
      headers: { 'x-amz-security-token': 's3cret' },
      expiresAt: '',
    },
  });
  const submit = () => ['run', '-d', '-Dkubernetes.cluster-id=live', '--verbose', jar];

  it.each<[string, () => readonly string[], () => Replies, number]>([
    ['a command that works', () => ['clusters', '--verbose'], () => ({}), 0],
    ['a connection that breaks', () => ['clusters', '--verbose'], () => ({ [`GET ${clusters}`]: { hangUp: true } }), 1],
    [
      'a gateway that refuses',
      () => ['clusters', '--verbose'],
      () => ({ [`GET ${clusters}`]: { status: 403, body: { message: 'Forbidden' } } }),
      1,
    ],
    [
      'an answer that is none',
      () => ['clusters', '--verbose'],
      () => ({ [`GET ${clusters}`]: { body: { nonsense: true } } }),
      1,
    ],
    [
      'a problem',
      () => ['clusters', '--verbose'],
      () => ({ [`GET ${clusters}`]: problem('target-refused', 502, 'it said no') }),
      1,
    ],
    [
      'an upload that is refused',
      submit,
      () => ({ 'POST /v1/targets/local/uploads': upload(), 'PUT /bucket/a.jar': { status: 403 } }),
      1,
    ],
    [
      'an upload that breaks off',
      submit,
      () => ({ 'POST /v1/targets/local/uploads': upload(), 'PUT /bucket/a.jar': { hangUp: true } }),
      1,
    ],
  ])('prints each request of %s without secrets', async (_what, words, more, code) => {
    server.answer({ ...replies(), ...more() });

    const ended = await drey(words(), { api: server.url, env });

    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(`> GET ${server.url}/v1/targets`);
    for (const secret of secrets)
      expect(`${ended.stdout}${ended.stderr}`.toLowerCase()).not.toContain(secret.toLowerCase());
  });
});
