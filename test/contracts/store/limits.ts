import { beforeEach, describe, expect, it } from 'vitest';

import { makeCluster, makeJob, makeOperation, makeQueuedCommand, makeRun, newId } from './records.ts';
import { indexed, newTarget, type OpenStore, startClock, type StoreWorld } from './world.ts';

/** Four records with this text exceed 1 MB, which is the maximum of one response of DynamoDB. */
const text = 'x'.repeat(300_000);

/** The limits of DynamoDB: 100 items in a transaction, each of them once, and 1 MB in a response. */
export const describeLimits = (open: OpenStore) =>
  describe('within the limits of DynamoDB', () => {
    let world: StoreWorld;
    let target: string;
    beforeEach(async () => {
      world = await open(startClock().now);
      target = newTarget();
    });

    it('writes 100 records in one change, and nothing of a change with 101', async () => {
      const toItems = (count: number) => {
        const batchId = newId();
        return Array.from({ length: count }, (_, batchIndex) => ({ batchId, batchIndex, clusterId: 'one' }));
      };
      const [most, tooMany] = [toItems(100), toItems(101)];
      await world.store.commit({ batchItems: most });

      await expect(world.store.commit({ batchItems: tooMany })).rejects.toThrow();
      expect(await world.store.batchItems(most[0]!.batchId)).toHaveLength(100);
      expect(await world.store.batchItems(tooMany[0]!.batchId)).toEqual([]);
    });

    it('refuses a change that writes one record twice, and not as a conflict', async () => {
      const operation = { value: makeOperation(target), previous: undefined };

      await expect(world.store.commit({ operations: [operation, operation] })).rejects.not.toMatchObject({
        code: 'conflict',
      });
      expect(await world.store.operation(operation.value.operationId)).toBeUndefined();
    });

    it('lets one of several concurrent changes win, and reports a conflict to the others', async () => {
      const commits = Array.from({ length: 5 }, () =>
        world.store.commit({
          queueControl: { target, paused: undefined, usage: undefined, reservations: {}, previous: undefined },
        }),
      );
      const results = await Promise.allSettled(commits);

      const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      expect(failures).toHaveLength(4);
      for (const failure of failures) expect(failure).toMatchObject({ code: 'conflict' });
      expect((await world.store.queue(target)).queueVersion).toBe(1);
    });

    it('lists more than 1 MB of the jobs of a cluster and of the runs of a schedule', async () => {
      const { cluster } = makeCluster(target);
      const jobs = Array.from({ length: 5 }, () => makeJob(cluster, { message: text }));
      for (const value of jobs) await world.store.commit({ jobs: [{ value, previous: undefined }] });
      const runIds = [1, 2, 3, 4, 5].map((day) => `2026-11-0${day}T19:00:00Z`);
      for (const runId of runIds) {
        const value = { ...makeRun(target, 'evening', runId), results: [{ detail: text }] };
        await world.store.commit({ run: { value, previous: undefined } });
      }

      expect(await world.store.jobs(cluster)).toHaveLength(5);
      const runs = await world.store.runs({ target, name: 'evening' }, { limit: 4 });
      expect(runs.items.map(({ runId }) => runId)).toEqual(runIds.toReversed().slice(0, 4));
    });

    it('lists more than 1 MB of queued commands', async () => {
      for (let count = 0; count < 5; count += 1) {
        const value = makeQueuedCommand(target, { dependsOn: [text] });
        await world.store.commit({ queued: [{ value, readyKey: undefined, previous: undefined }] });
      }

      expect((await world.store.queue(target)).queued).toHaveLength(5);
    });

    it('lists more than 1 MB of the index: open operations, and clusters up to a limit', async () => {
      for (let count = 0; count < 5; count += 1) {
        const { cluster, events } = makeCluster(target);
        await world.store.commit({
          cluster: { value: { ...cluster, message: text }, previous: undefined },
          operations: [{ value: { ...makeOperation(target), clusterId: text }, previous: undefined }],
          events,
        });
      }
      const list = (limit: number, cursor?: string) =>
        world.store.clusters(target, { states: ['REQUESTED'], limit, ...(cursor === undefined ? {} : { cursor }) });

      await expect.poll(async () => (await world.store.openOperations(target)).items.length, indexed).toBe(5);
      await expect.poll(async () => (await list(100)).items.length, indexed).toBe(5);
      const first = await list(4);
      expect(first.items).toHaveLength(4);
      expect((await list(4, first.cursor)).items).toHaveLength(1);
    });
  });
