import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/cluster.ts';
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
