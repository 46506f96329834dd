import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, job, oneTarget, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const folder = useFolder();
const clusters = '/v1/targets/local/clusters';
const app = `${clusters}/app`;
const run = (replies: Replies, words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, env });
};
const application = (more: Partial<Cluster> = {}) => cluster({ clusterId: 'app', mode: 'application', ...more });
const posted = () => server.received.find(({ method }) => method === 'POST')?.json;

describe('a job on a session', () => {
  it('is refused by an application before the upload', async () => {
    const file = join(folder, 'session.jar');
    await writeFile(file, new Uint8Array([0x50, 0x4b, 0x03, 0x04]));

    const ended = await run({ [`GET ${app}`]: { body: application({}) } }, [
      'run',
      '-t',
      'kubernetes-session',
      '-Dkubernetes.cluster-id=app',
      file,
    ]);

    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Cluster app in target local is an application'),
    });
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

const setFolder = (text: string) => writeFile(join(folder, 'config.yaml'), text);
const runWithFolder = (mode: 'session' | 'application', ...words: readonly string[]) =>
  run(
    {
      [`POST ${clusters}/live/jobs`]: accepted({ kind: 'submit', jobId: job().jobId }),
      [`POST ${clusters}`]: accepted({ clusterId: 'live' }),
      [`GET ${clusters}/live`]: { body: cluster({ mode }) },
    },
    [
      'run',
      '-d',
      '-t',
      `kubernetes-${mode}`,
      '-Dkubernetes.cluster-id=live',
      ...words,
      mode === 'session' ? 's3://bucket/local/a.jar' : 'local:///a.jar',
    ],
    { FLINK_CONF_DIR: folder },
  );

describe('the configuration folder of a job on a session', () => {
  it('gives way to -D under another name of the option', async () => {
    await setFolder('execution.checkpointing.num-retained: 5\nstate.backend: rocksdb\nrest.port: 1\n');

    await runWithFolder('session', '-Dstate.checkpoints.num-retained=20', '-Dpipeline.name=a');

    expect(posted()).toMatchObject({
      config: { 'state.checkpoints.num-retained': '20', 'state.backend': 'rocksdb', 'pipeline.name': 'a' },
    });
    expect(posted()).not.toHaveProperty(['config', 'execution.checkpointing.num-retained']);
    expect(posted()).not.toHaveProperty(['config', 'rest.port']);
  });
});

describe('a flink-conf.yaml with a value that ends at #', () => {
  it.each([
    ['run', ['run', '-d', 's3://bucket/local/a.jar']],
    ['sql', ['sql', '-d', '--session', 'live', '-f', 's3://bucket/a.sql']],
  ])('causes a warning for a job on a session: %s', async (_action, [action = '', ...words]) => {
    await writeFile(join(folder, 'flink-conf.yaml'), 'pipeline.name: a#b\n');
    const replies = { [`POST ${clusters}/live/jobs`]: accepted({ kind: 'submit', jobId: job().jobId }) };

    const ended = await run(replies, [action, '-Dkubernetes.cluster-id=live', '-Ddrey.flink-version=1.20', ...words], {
      FLINK_CONF_DIR: folder,
    });

    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('WARN pipeline.name in flink-conf.yaml ends before the first #'),
    });
    expect(posted()).toMatchObject({ config: { 'pipeline.name': 'a' } });
  });
});

describe.each(['session', 'application'] as const)('a savepoint in the configuration folder, for a %s', (mode) => {
  const path = 's3://b/savepoint-1';

  it.each(['execution.state-recovery.path', 'execution.savepoint.path'])('is refused by the name %s', async (key) => {
    await setFolder(`${key}: ${path}\n`);

    const ended = await runWithFolder(mode);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`${key} in the configuration folder is ${path}.`);
    expect(ended.stderr).toContain(`Use -s ${path} to start this program from the savepoint, or -D${key}=`);
    expect(server.received.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it.each([
    [['-s', 's3://b/savepoint-2']],
    [['-Dexecution.savepoint.path=s3://b/savepoint-2']],
    [['-Dexecution.state-recovery.path=']],
    [['-Ddrey.restore.from-cluster=office']],
  ])('gives way to %j', async (words) => {
    await setFolder(`execution.state-recovery.path: ${path}\n`);

    const ended = await runWithFolder(mode, ...words);

    expect(ended.code).toBe(0);
    expect(JSON.stringify(posted())).not.toContain(path);
  });
});
