import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { accepted, job, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const folder = useFolder();
const jarBytes = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), Buffer.alloc(300_000, 7)]);
const jar = join(folder, 'Top Speed.jar');
writeFileSync(jar, jarBytes);
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const jobId = job().jobId;
const useHelp = '\n\nUse the help option (-h or --help) to get help on the command.\n';
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

  it('uploads the jar with a content length and submits the job', async () => {
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

  it('discards an upload that is refused', async () => {
    const ended = await run({ ...uploading(), 'PUT /bucket/a.jar': { status: 403 } }, runOnLive('-d', jar));

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('S3 refused the upload of ') });
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

  it('reports a session that is not RUNNING, with a hint', async () => {
    const ended = await run(
      { [`POST ${live}/jobs`]: problem('not-ready', 409, 'session live is DEPLOYING') },
      runOnLive(remote),
    );

    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/session live is DEPLOYING\nRetry later\. `drey describe live` shows its state\./),
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
  ])('refuses %j before any request', async (more, message) => {
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
});
