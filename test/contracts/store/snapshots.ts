import { beforeEach, describe, expect, it } from 'vitest';

import type { StoredSnapshot } from '#events/records/snapshots.ts';

import { makeSnapshot, newName } from './records.ts';
import { newTarget, type OpenStore, startClock, type StoreWorld } from './world.ts';

/** The snapshots of a cluster ID, which are listed in pages. */
export const describeSnapshots = (open: OpenStore) =>
  describe('snapshots', () => {
    let world: StoreWorld;
    let clusterRef: { readonly target: string; readonly clusterId: string };
    beforeEach(async () => {
      world = await open(startClock().now);
      clusterRef = { target: newTarget(), clusterId: newName('cluster') };
    });

    const hex = (digit: number) => String(digit).repeat(32);
    const write = (value: StoredSnapshot, previous?: number) =>
      world.store.commit({ snapshots: [{ value, previous }] });

    it('are listed newest first, in pages', async () => {
      const ids = [hex(1), `${hex(2)}-${hex(7)}`, `${hex(2)}-${hex(8)}`, hex(3)];
      for (const snapshotId of ids) await write(makeSnapshot(clusterRef, { snapshotId }));

      const first = await world.store.snapshots(clusterRef, { limit: 3 });
      const second = await world.store.snapshots(clusterRef, { limit: 3, cursor: first.cursor });

      expect([...first.items, ...second.items].map(({ value }) => value.snapshotId)).toEqual(ids.toReversed());
      expect(first.items).toHaveLength(3);
      expect(second.cursor).toBeUndefined();
    });

    it('are those of one cluster, and no job, revision or transition', async () => {
      await write(makeSnapshot(clusterRef));
      await write(makeSnapshot({ ...clusterRef, clusterId: `${clusterRef.clusterId}0` }));

      expect((await world.store.snapshots(clusterRef, { limit: 10 })).items).toHaveLength(1);
      expect(await world.store.jobs(clusterRef)).toEqual([]);
      expect((await world.store.revisions(clusterRef, { after: 0 })).items).toEqual([]);
      expect(await world.store.transitions(clusterRef, { after: 0, limit: 10 })).toEqual([]);
    });

    it('are read by ID with their version, and change in place', async () => {
      const value = makeSnapshot(clusterRef);
      await write(value);
      expect(await world.store.snapshot(clusterRef, value.snapshotId)).toEqual({ value, version: 1 });
      const complete = { ...value, path: 's3://bucket/savepoint-1', completedAt: value.createdAt };

      await write(complete, 1);

      expect(await world.store.snapshot(clusterRef, value.snapshotId)).toEqual({ value: complete, version: 2 });
      expect(await world.store.snapshot(clusterRef, hex(9))).toBeUndefined();
      await expect(write(value, 1)).rejects.toMatchObject({ code: 'conflict' });
    });
  });
