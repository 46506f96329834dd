import { beforeEach, describe, expect, it } from 'vitest';

import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { transitionOperation } from '#shared/clusters/model/operation.ts';

import { makeCluster, makeJob, makeOperation, makeRun, makeSchedule, newId, principal, start } from './records.ts';
import { type Clock, indexed, newTarget, type OpenStore, startClock, type StoreWorld } from './world.ts';

const daySeconds = 86_400;

/** Lists, keys that expire, batch items and schedules. */
export const describeReads = (open: OpenStore) =>
  describe('reads', () => {
    let clock: Clock;
    let world: StoreWorld;
    let target: string;
    beforeEach(async () => {
      clock = startClock();
      world = await open(clock.now);
      target = newTarget();
    });

    const inSeconds = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000);
    const commitCluster = async () => {
      const { cluster, events } = makeCluster(target);
      await world.store.commit({ cluster: { value: cluster, previous: undefined }, events });
      return cluster;
    };
    const listIds = async (states: Parameters<StoreWorld['store']['clusters']>[1]['states'] = [], limit = 100) =>
      (await world.store.clusters(target, { states, limit })).items.map(({ clusterId }) => clusterId).toSorted();

    it('answer undefined for what is not stored', async () => {
      const clusterRef = { target, clusterId: 'none' };

      expect(await world.store.cluster(clusterRef)).toBeUndefined();
      expect(await world.store.jobs(clusterRef)).toEqual([]);
      expect(await world.store.job(clusterRef, newId())).toBeUndefined();
      expect(await world.store.operation(newId())).toBeUndefined();
      expect(await world.store.verdict(newId())).toBeUndefined();
      expect(await world.store.schedule({ target, name: 'none' })).toBeUndefined();
      expect(await world.store.run({ target, name: 'none' }, 'none')).toBeUndefined();
    });

    it('list clusters by their states', async () => {
      const [one, two] = [await commitCluster(), await commitCluster()];
      const { cluster, events } = transitionCluster(two, 'DEPLOYING', { at: start, principal });
      await world.store.commit({ cluster: { value: cluster, previous: 1 }, events });

      await expect.poll(() => listIds(['REQUESTED']), indexed).toEqual([one.clusterId]);
      await expect.poll(() => listIds(['DEPLOYING']), indexed).toEqual([two.clusterId]);
      await expect
        .poll(() => listIds(['REQUESTED', 'DEPLOYING']), indexed)
        .toEqual([one.clusterId, two.clusterId].toSorted());
      expect(await listIds(['RUNNING'])).toEqual([]);
      expect(await listIds([])).toEqual([]);
      const all = await world.store.allClusters(target, ['REQUESTED', 'DEPLOYING', 'RUNNING']);
      expect(all.items.map(({ clusterId }) => clusterId).toSorted()).toEqual([one.clusterId, two.clusterId].toSorted());
    });

    it('page through clusters with a limit and a cursor', async () => {
      const all: string[] = [];
      for (let count = 0; count < 5; count += 1) {
        const requested = await commitCluster();
        all.push(requested.clusterId);
        if (count % 2 === 0) continue;
        const { cluster, events } = transitionCluster(requested, 'DEPLOYING', { at: start, principal });
        await world.store.commit({ cluster: { value: cluster, previous: 1 }, events });
      }
      const states = ['REQUESTED', 'DEPLOYING'] as const;
      await expect.poll(async () => (await listIds(['DEPLOYING'])).length, indexed).toBe(2);
      await expect.poll(async () => (await listIds(['REQUESTED'])).length, indexed).toBe(3);

      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await world.store.clusters(target, {
          states,
          limit: 2,
          ...(cursor === undefined ? {} : { cursor }),
        });
        expect(page.items.length).toBeLessThanOrEqual(2);
        found.push(...page.items.map(({ clusterId }) => clusterId));
        ({ cursor } = page);
      } while (cursor !== undefined && found.length < 10);

      expect(found).toHaveLength(5);
      expect(found.toSorted()).toEqual(all.toSorted());
    });

    it('refuse a cursor that does not come from an earlier response', async () => {
      const page = world.store.clusters(target, { states: ['RUNNING'], limit: 2, cursor: 'nonsense' });

      await expect(page).rejects.toMatchObject({ code: 'malformed-request' });
    });

    it('list the operations of a target that have not ended', async () => {
      const [open, ended] = [makeOperation(target), makeOperation(target)];
      const listOpen = async () =>
        (await world.store.openOperations(target)).items.map(({ operationId }) => operationId).toSorted();
      for (const value of [open, ended]) await world.store.commit({ operations: [{ value, previous: undefined }] });
      await expect.poll(listOpen, indexed).toEqual([open.operationId, ended.operationId].toSorted());
      const end = transitionOperation({ value: ended, version: 1 }, { state: 'SUCCEEDED' }, start);
      await world.store.commit({ operations: [end] });

      await expect.poll(listOpen, indexed).toEqual([open.operationId]);
    });

    it('list the jobs of one cluster', async () => {
      const [one, other] = [await commitCluster(), await commitCluster()];
      const jobs = [makeJob(one), makeJob(one), makeJob(other)];
      await world.store.commit({ jobs: jobs.map((value) => ({ value, previous: undefined })) });

      const found = (await world.store.jobs(one)).map(({ value }) => value.jobId);
      expect(found.toSorted()).toEqual([jobs[0]!.jobId, jobs[1]!.jobId].toSorted());
    });

    it('list the last jobs of one cluster by their IDs, up to a limit', async () => {
      const [one, other] = [await commitCluster(), await commitCluster()];
      const jobs = [makeJob(one), makeJob(one), makeJob(one)];
      await world.store.commit({ jobs: [...jobs, makeJob(other)].map((value) => ({ value, previous: undefined })) });
      const ids = jobs
        .map(({ jobId }) => jobId)
        .toSorted()
        .toReversed();
      const listLast = async (limit: number) => {
        const found = await world.store.lastJobs(one, limit);
        return { ids: found.jobs.map(({ value }) => value.jobId), hasMore: found.hasMore };
      };

      expect(await listLast(2)).toEqual({ ids: ids.slice(0, 2), hasMore: true });
      expect(await listLast(4)).toEqual({ ids, hasMore: false });
    });

    it('read a cluster with its jobs', async () => {
      const [one, other] = [await commitCluster(), await commitCluster()];
      const job = makeJob(one);
      await world.store.commit({ jobs: [job, makeJob(other)].map((value) => ({ value, previous: undefined })) });

      expect(await world.store.clusterWithJobs(one)).toEqual({
        cluster: await world.store.cluster(one),
        jobs: [{ value: job, version: 1 }],
      });
      expect(await world.store.clusterWithJobs({ ...one, clusterId: 'missing' })).toBeUndefined();
    });

    it('find the operation of an idempotency key until the key expires', async () => {
      const idempotency = { target, key: 'night-1', fingerprint: 'f', operationId: newId() };
      await world.store.commit({ idempotency: { ...idempotency, expiresAt: inSeconds(daySeconds) } });
      const again = { ...idempotency, operationId: newId() };

      expect(await world.store.idempotency(target, 'night-1')).toMatchObject(idempotency);
      expect(await world.store.idempotency(newTarget(), 'night-1')).toBeUndefined();
      clock.passTime(daySeconds - 60);
      await expect(
        world.store.commit({ idempotency: { ...again, expiresAt: inSeconds(daySeconds) } }),
      ).rejects.toMatchObject({ code: 'conflict' });
      clock.passTime(120);
      expect(await world.store.idempotency(target, 'night-1')).toBeUndefined();
      await world.store.commit({ idempotency: { ...again, expiresAt: inSeconds(daySeconds) } });
      expect(await world.store.idempotency(target, 'night-1')).toMatchObject(again);
    });

    it('find the refusal of a key until it expires, and the newest one', async () => {
      const refuse = (code: 'not-found' | 'wrong-state') =>
        world.store.commit({ refusal: { target, key: 'night-1', code, expiresAt: inSeconds(daySeconds) } });
      await refuse('not-found');
      await refuse('wrong-state');

      expect(await world.store.refusal(target, 'night-1')).toEqual({ code: 'wrong-state' });
      expect(await world.store.idempotency(target, 'night-1')).toBeUndefined();
      clock.passTime(daySeconds + 60);
      expect(await world.store.refusal(target, 'night-1')).toBeUndefined();
    });

    it('list the items of a batch in their order, each as it was written last', async () => {
      const batchId = newId();
      const toItem = (batchIndex: number) => ({ batchId, batchIndex, clusterId: `days-${batchIndex}` });
      await world.store.commit({ batchItems: [10, 2, 0].map(toItem) });
      await world.store.commit({ batchItems: [{ ...toItem(2), verdict: 'FINISHED' }] });
      await world.store.commit({ batchItems: [{ ...toItem(0), batchId: newId() }] });

      expect(await world.store.batchItems(batchId)).toEqual([
        toItem(0),
        { ...toItem(2), verdict: 'FINISHED' },
        toItem(10),
      ]);
    });

    it('list the schedules of a target', async () => {
      const [evening, morning] = [makeSchedule(target, 'evening'), makeSchedule(target, 'morning')];
      for (const value of [evening, morning])
        await world.store.commit({ schedule: { target, name: value.name, value, previous: undefined } });

      expect(await world.store.schedule({ target, name: 'evening' })).toEqual({ value: evening, version: 1 });
      const { items } = await world.store.schedules(target, { limit: 10 });
      expect(items.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([evening, morning]);
      expect((await world.store.scheduleNames(target)).toSorted()).toEqual(['evening', 'morning']);
      expect((await world.store.schedules(newTarget(), { limit: 10 })).items).toEqual([]);
    });

    it('list the last runs of a schedule, newest first', async () => {
      const runIds = [21, 23, 22].map((day) => `2026-11-${day}T19:00:00Z`);
      for (const runId of runIds)
        await world.store.commit({ run: { value: makeRun(target, 'evening', runId), previous: undefined } });
      await world.store.commit({ run: { value: makeRun(target, 'morning', runIds[0]!), previous: undefined } });

      const name = { target, name: 'evening' };
      expect(await world.store.run(name, runIds[0]!)).toMatchObject({ value: { runId: runIds[0] }, version: 1 });
      const first = await world.store.runs(name, { limit: 2 });
      expect(first.items.map(({ runId }) => runId)).toEqual([runIds[1], runIds[2]]);
      const last = await world.store.runs(name, { limit: 2, cursor: first.cursor });
      expect(last.items.map(({ runId }) => runId)).toEqual([runIds[0]]);
      expect(last.cursor).toBeUndefined();
    });
  });
