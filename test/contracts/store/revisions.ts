import { beforeEach, describe, expect, it } from 'vitest';

import { revisionRetentionDays } from '#shared/clusters/model/revision.ts';

import { makeOperation, makeRevision, newName } from './records.ts';
import { type Clock, newTarget, type OpenStore, startClock, type StoreWorld } from './world.ts';

const daySeconds = 86_400;

/** The revisions of a cluster ID, which expire. */
export const describeRevisions = (open: OpenStore) =>
  describe('revisions', () => {
    let clock: Clock;
    let world: StoreWorld;
    let clusterRef: { readonly target: string; readonly clusterId: string };
    beforeEach(async () => {
      clock = startClock();
      world = await open(clock.now);
      clusterRef = { target: newTarget(), clusterId: newName('cluster') };
    });

    const write = (number: number, previous?: number) =>
      world.store.commit({ revisions: [{ value: makeRevision(clusterRef, number), previous }] });
    const listNumbers = async (after = 0) =>
      (await world.store.revisions(clusterRef, { after })).items.map(({ value }) => value.number);

    it('are listed from the newest to a number', async () => {
      for (const number of [1, 2, 9, 10, 11]) await write(number);

      expect(await listNumbers()).toEqual([11, 10, 9, 2, 1]);
      expect(await listNumbers(9)).toEqual([11, 10]);
      expect(await listNumbers(11)).toEqual([]);
    });

    it('are those of one cluster, and no job or transition', async () => {
      await write(1);
      await world.store.commit({
        revisions: [
          { value: makeRevision({ ...clusterRef, clusterId: `${clusterRef.clusterId}0` }, 7), previous: undefined },
        ],
      });

      expect(await listNumbers()).toEqual([1]);
      expect(await world.store.jobs(clusterRef)).toEqual([]);
      expect(await world.store.transitions(clusterRef, { after: 0, limit: 10 })).toEqual([]);
    });

    it('are read by number, with their version', async () => {
      await write(3);
      const value = makeRevision(clusterRef, 3);

      expect(await world.store.revision(clusterRef, 3)).toEqual({ value, version: 1 });
      expect(await world.store.revision(clusterRef, 2)).toBeUndefined();
      expect((await world.store.revisions(clusterRef, { after: 0 })).items).toEqual([{ value, version: 1 }]);
    });

    it('expire, unless their retention starts again', async () => {
      await write(1);
      await write(2);
      clock.passTime((revisionRetentionDays - 1) * daySeconds);
      await write(2, 1);
      expect(await listNumbers()).toEqual([2, 1]);
      clock.passTime(2 * daySeconds);

      expect(await listNumbers()).toEqual([2]);
      expect(await world.store.revision(clusterRef, 1)).toBeUndefined();
      expect(await world.store.revision(clusterRef, 2)).toMatchObject({ version: 2 });
    });
  });

/** Reads of several operations. */
export const describeOperations = (open: OpenStore) =>
  it('reads operations by their IDs, without those that are missing', async () => {
    const world = await open(startClock().now);
    const target = newTarget();
    const [one, two] = [makeOperation(target), makeOperation(target)];
    for (const value of [one, two]) await world.store.commit({ operations: [{ value, previous: undefined }] });

    const found = await world.store.operationsByIds([one.operationId, two.operationId, 'none']);

    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining([one, two]));
    expect(await world.store.operationsByIds([])).toEqual([]);
  });
