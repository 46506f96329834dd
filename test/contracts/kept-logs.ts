import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { KeptLogs } from '#shared/clusters/ports/objects.ts';

/** The behaviour of every store of kept logs, in memory or in S3. */
export const keptLogsContract = (name: string, open: () => KeptLogs) =>
  describe(`${name} as the store of kept logs`, () => {
    const { signal } = new AbortController();
    const newFile = () => ({
      target: 'local',
      clusterId: 'my-cluster',
      operationId: randomUUID().replaceAll('-', ''),
      name: 'my-cluster-5d4f8b7c9-abcde.0.log.gz',
    });

    it('returns the bytes that were stored, the last write first', async () => {
      const store = open();
      const file = newFile();
      const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256);
      await store.put(file, Buffer.from('before'), signal);
      await store.put(file, bytes, signal);

      expect([...((await store.read(file, signal)) ?? [])]).toEqual([...bytes]);
    });

    it('has no other file, incarnation or cluster', async () => {
      const store = open();
      const file = newFile();
      await store.put(file, Buffer.from('{}'), signal);

      expect(await store.read({ ...file, name: 'index.json' }, signal)).toBeUndefined();
      expect(await store.read({ ...file, operationId: newFile().operationId }, signal)).toBeUndefined();
      expect(await store.read({ ...file, clusterId: 'other' }, signal)).toBeUndefined();
    });
  });
