import { beforeEach, describe, expect, it } from 'vitest';

import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';

import { makeQueuedCommand, start } from './records.ts';
import { newTarget, type OpenStore, startClock, type StoreWorld } from './world.ts';

const byId = (one: QueuedCommand, other: QueuedCommand) => one.operationId.localeCompare(other.operationId);

/** The admission queue of a target. */
export const describeQueue = (open: OpenStore) =>
  describe('the admission queue of a target', () => {
    let world: StoreWorld;
    let target: string;
    beforeEach(async () => {
      world = await open(startClock().now);
      target = newTarget();
    });

    const enqueue = async (fields: Partial<QueuedCommand> = {}) => {
      const value = makeQueuedCommand(target, fields);
      await world.store.commit({ queued: { value, previous: undefined } });
      return value;
    };
    const readQueue = async () => {
      const { queued, admitted, ...rest } = await world.store.queue(target);
      return {
        ...rest,
        queued: queued.map(({ value }) => value).toSorted(byId),
        admitted: admitted.toSorted(byId),
      };
    };

    it('is empty and has no version before its first command', async () => {
      expect(await world.store.queue(target)).toEqual({
        queueVersion: undefined,
        paused: undefined,
        queued: [],
        admitted: [],
        approximateSize: 0,
      });
      expect(await world.store.queueSummary(target)).toEqual({
        queueVersion: undefined,
        paused: undefined,
        queued: 0,
        admitted: [],
      });
    });

    it('has queued and admitted commands, its version and whether it is paused', async () => {
      const [one, two] = [await enqueue(), await enqueue({ priority: 5 })];
      const admitted = makeQueuedCommand(target);
      const paused = { since: start.toISOString(), principal: 'drey:reconcile' };
      await world.store.commit({ queueControl: { target, paused, previous: undefined }, admitted: [admitted] });

      expect(await readQueue()).toMatchObject({
        queueVersion: 1,
        paused,
        queued: [one, two].toSorted(byId),
        admitted: [admitted],
      });
      expect(await world.store.queueSummary(target)).toMatchObject({ queueVersion: 1, paused, admitted: [admitted] });
      expect(await world.store.queue(newTarget())).toMatchObject({ queued: [], admitted: [] });
    });

    it('resumes under a new version', async () => {
      const paused = { since: start.toISOString(), principal: 'drey:reconcile' };
      await world.store.commit({ queueControl: { target, paused, previous: undefined } });
      await world.store.commit({ queueControl: { target, paused: undefined, previous: 1 } });

      const { queueVersion, ...rest } = await world.store.queue(target);
      expect(queueVersion).toBe(2);
      expect(rest.paused).toBeUndefined();
    });

    it('admits a queued command in one transaction, and releases it', async () => {
      const command = await enqueue();
      await world.store.commit({
        queueControl: { target, paused: undefined, previous: undefined },
        admitted: [command],
        dequeued: [command],
      });
      expect(await readQueue()).toMatchObject({ queued: [], admitted: [command] });
      await world.store.commit({ released: [command, command] });

      expect(await readQueue()).toMatchObject({ queued: [], admitted: [] });
    });

    it('keeps a command admitted that one transaction releases and admits', async () => {
      const command = makeQueuedCommand(target);
      await world.store.commit({ admitted: [command], released: [command] });

      expect(await readQueue()).toMatchObject({ admitted: [command] });
    });

    it('removes commands that it does not have', async () => {
      const command = makeQueuedCommand(target);

      await expect(world.store.commit({ dequeued: [command, command], released: [command] })).resolves.toBeUndefined();
    });

    it('changes the priority of a queued command', async () => {
      const command = await enqueue();
      await world.store.commit({ queued: { value: { ...command, priority: 9 }, previous: 1 } });

      expect((await world.store.queue(target)).queued).toMatchObject([{ value: { priority: 9 }, version: 2 }]);
    });

    it('counts its commands approximately: the summary has the count while a command is queued', async () => {
      await world.store.updateApproximateSize(target, { to: 40 });
      expect(await world.store.queueSummary(target)).toMatchObject({ queued: 0 });
      const command = await enqueue();
      await world.store.updateApproximateSize(target, { by: 1 });
      expect(await world.store.queueSummary(target)).toMatchObject({ queued: 41 });
      expect(await world.store.queue(target)).toMatchObject({ approximateSize: 41 });
      await world.store.updateApproximateSize(target, { to: 0 });

      expect(await world.store.queueSummary(target)).toMatchObject({ queued: 1 });
      await world.store.commit({ dequeued: [command] });
      expect(await world.store.queueSummary(target)).toMatchObject({ queued: 0 });
    });
  });
