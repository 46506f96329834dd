import { beforeEach, describe, expect, it } from 'vitest';

import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { toListEnd, toReadyKey } from '#shared/clusters/model/admission/ready-key.ts';

import { makeCluster, makeOperation, makeQueuedCommand, start } from './records.ts';
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
      await world.store.commit({ queued: [{ value, readyKey: undefined, previous: undefined }] });
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
        usage: undefined,
        reservations: {},
        released: [],
        queued: [],
        admitted: [],
        approximateSize: 0,
      });
      expect(await world.store.queueHead(target)).toEqual({
        queueVersion: undefined,
        paused: undefined,
        usage: undefined,
        reservations: {},
        released: [],
        approximateSize: 0,
      });
      expect(await world.store.admittedCommands(target)).toEqual([]);
    });

    it('has queued and admitted commands, its version and whether it is paused', async () => {
      const [one, two] = [await enqueue(), await enqueue({ priority: 5 })];
      const admitted = makeQueuedCommand(target);
      const paused = { since: start.toISOString(), principal: 'drey:reconcile' };
      await world.store.commit({
        queueControl: { target, paused, usage: undefined, reservations: {}, previous: undefined },
        admitted: [admitted],
      });

      expect(await readQueue()).toMatchObject({
        queueVersion: 1,
        paused,
        queued: [one, two].toSorted(byId),
        admitted: [admitted],
      });
      expect(await world.store.queueHead(target)).toMatchObject({ queueVersion: 1, paused });
      expect(await world.store.admittedCommands(target)).toEqual([admitted]);
      expect(await world.store.queue(newTarget())).toMatchObject({ queued: [], admitted: [] });
    });

    const usage = {
      total: { clusters: 1, jobs: 0, cpu: 1.5, memoryMebibytes: 2_048 },
      teams: [{ team: '', demand: { clusters: 1, jobs: 0, cpu: 1.5, memoryMebibytes: 2_048 } }],
      since: start.toISOString(),
    };

    it('keeps the reservations', async () => {
      const reservations = { deploy: { operationId: 'large', since: '2026-01-01T12:00:00.000Z' } };
      await world.store.commit({
        queueControl: { target, paused: undefined, usage: undefined, reservations, previous: undefined },
      });

      expect((await world.store.queueHead(target)).reservations).toEqual(reservations);
    });

    it('keeps the usage, until it is written without one', async () => {
      await world.store.commit({
        queueControl: { target, paused: undefined, usage, reservations: {}, previous: undefined },
      });
      expect(await world.store.queueHead(target)).toMatchObject({ queueVersion: 1, usage });
      await world.store.commit({
        queueControl: { target, paused: undefined, usage: undefined, reservations: {}, previous: 1 },
      });

      expect((await world.store.queueHead(target)).usage).toBeUndefined();
    });

    it('has a released command among the admitted ones until it is settled', async () => {
      const [one, two] = [makeQueuedCommand(target), makeQueuedCommand(target)];
      await world.store.commit({ admitted: [one, two] });
      await world.store.commit({ released: [one] });
      const read = async () => ({
        admitted: (await world.store.admittedCommands(target)).toSorted(byId),
        byIds: (await world.store.admittedByIds(target, [one.operationId, two.operationId, 'unknown'])).toSorted(byId),
        released: (await world.store.queueHead(target)).released,
        held: (await world.store.queue(target)).admitted,
      });
      const both = [one, two].toSorted(byId);

      expect(await read()).toEqual({ admitted: both, byIds: both, released: [one.operationId], held: [two] });
      await world.store.commit({ settled: [one] });
      expect(await read()).toEqual({ admitted: [two], byIds: [two], released: [], held: [two] });
    });

    it('resumes under a new version', async () => {
      const paused = { since: start.toISOString(), principal: 'drey:reconcile' };
      await world.store.commit({
        queueControl: { target, paused, usage: undefined, reservations: {}, previous: undefined },
      });
      await world.store.commit({
        queueControl: { target, paused: undefined, usage: undefined, reservations: {}, previous: 1 },
      });

      const { queueVersion, ...rest } = await world.store.queue(target);
      expect(queueVersion).toBe(2);
      expect(rest.paused).toBeUndefined();
    });

    it('admits a queued command in one transaction, and releases it', async () => {
      const command = await enqueue();
      await world.store.commit({
        queueControl: { target, paused: undefined, usage: undefined, reservations: {}, previous: undefined },
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
      await world.store.commit({ queued: [{ value: { ...command, priority: 9 }, readyKey: undefined, previous: 1 }] });

      expect((await world.store.queue(target)).queued).toMatchObject([{ value: { priority: 9 }, version: 2 }]);
    });

    it('sorts the commands that wait for capacity by kind and team, priority and age, apart from all others', async () => {
      const at = (seconds: number) => new Date(start.getTime() + seconds * 1_000).toISOString();
      const waiting = await enqueue();
      const fields: Partial<QueuedCommand>[] = [
        { team: 'a', priority: 1_000, since: at(9) },
        { team: 'a', priority: 5, since: at(1) },
        { team: 'a', priority: 5, since: at(2) },
        { team: 'a', priority: -1_000, since: at(0) },
        { team: 'a-b', priority: 1_000, since: at(0) },
        { team: 'a', kind: 'submit', priority: 1_000, since: at(0) },
      ];
      const sorted = fields.map((each) => makeQueuedCommand(target, each));
      for (const value of sorted.toReversed())
        await world.store.commit({ queued: [{ value, readyKey: toReadyKey(value), previous: undefined }] });
      const read = async (after: string, limit = 25) => {
        const { commands, hasMore } = await world.store.readyCommands(target, { after, limit });
        return { ids: commands.map(({ value }) => value.operationId), hasMore };
      };
      const ids = sorted.map(({ operationId }) => operationId);

      expect(await read('')).toEqual({ ids, hasMore: false });
      expect(await read('', 2)).toEqual({ ids: ids.slice(0, 2), hasMore: true });
      expect(await read(toReadyKey(sorted[1]!))).toEqual({ ids: ids.slice(2), hasMore: false });
      expect(await read(toListEnd(sorted[1]!))).toEqual({ ids: ids.slice(4), hasMore: false });
      expect(await world.store.waitingCommands(target)).toMatchObject([{ value: waiting, readyKey: undefined }]);
      expect((await world.store.queue(target)).queued).toHaveLength(7);
    });

    it('moves a command to another place in one transaction', async () => {
      const command = await enqueue();
      const readyKey = toReadyKey(command);
      await world.store.commit({ queued: [{ value: command, readyKey, previous: undefined }], dequeued: [command] });

      expect(await world.store.queuedCommand(command)).toBeUndefined();
      expect(await world.store.queuedCommand({ ...command, readyKey })).toMatchObject({
        value: command,
        version: 1,
        readyKey,
      });
      await expect(world.store.commit({ dequeued: [{ ...command, readyKey, version: 2 }] })).rejects.toMatchObject({
        code: 'conflict',
      });
      await world.store.commit({ dequeued: [{ ...command, readyKey, version: 1 }] });
      expect(await world.store.queue(target)).toMatchObject({ queued: [] });
    });

    it('counts its commands approximately', async () => {
      await world.store.updateApproximateSize(target, { to: 40 });
      await world.store.updateApproximateSize(target, { by: 1 });

      expect(await world.store.queueHead(target)).toMatchObject({ approximateSize: 41 });
      expect(await world.store.queue(target)).toMatchObject({ approximateSize: 41 });
    });

    it('reads the operations and clusters of its commands at once, in their order', async () => {
      const commands = Array.from({ length: 60 }, () => makeQueuedCommand(target));
      const [recorded] = commands;
      await world.store.commit({
        cluster: { value: makeCluster(target, { clusterId: recorded!.clusterId }).cluster, previous: undefined },
        operations: [{ value: makeOperation(target, { operationId: recorded!.operationId }), previous: undefined }],
      });
      const [last, ...others] = (await world.store.queuedRecords(commands.toReversed())).toReversed();

      expect(last).toMatchObject({
        operation: { value: { operationId: recorded!.operationId }, version: 1 },
        cluster: { value: { clusterId: recorded!.clusterId }, version: 1 },
      });
      expect(others).toHaveLength(59);
      expect(others.every((one) => one.operation === undefined && one.cluster === undefined)).toBe(true);
    });

    it('starts several commands in one transaction', async () => {
      const clusters = ['one', 'two'].map((clusterId) => makeCluster(target, { clusterId }).cluster);
      await world.store.commit({ clusters: clusters.map((value) => ({ value, previous: undefined })) });
      const read = (clusterId: string) => world.store.cluster({ target, clusterId });

      expect([await read('one'), await read('two')]).toMatchObject(clusters.map((value) => ({ value, version: 1 })));
      const stale = clusters.map((value, index) => ({ value, previous: index + 1 }));
      await expect(world.store.commit({ clusters: stale })).rejects.toMatchObject({ code: 'conflict' });
    });
  });
