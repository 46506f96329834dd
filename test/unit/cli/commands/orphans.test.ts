import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { oneTarget, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const run = (replies: Replies, words: readonly string[], input?: string | null) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, ...(input === undefined ? {} : { input }) });
};

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

  it('are removed by name', async () => {
    const ended = await run(replies, ['orphans', 'remove', 'ConfigMap/a-cluster-config-map']);

    expect(ended).toMatchObject({ code: 0, stdout: 'ConfigMap a-cluster-config-map removed.\n' });
    expect(server.received.at(-1)?.json).toEqual({
      orphans: [{ kind: 'ConfigMap', name: 'a-cluster-config-map', uid: 'u-1' }],
    });
  });

  it('must exist', async () => {
    expect(await run(replies, ['orphans', 'remove', 'b'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Target local has no orphan b.'),
    });
    expect(await run(replies, ['orphans', 'keep'])).toMatchObject({ code: 1 });
  });
});
