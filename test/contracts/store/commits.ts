import { beforeEach, describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { Fault } from '#events/problems/problem.ts';
import { toWarningEvent } from '#events/records/transitions.ts';
import { transitionCluster, transitionJobs } from '#shared/clusters/model/cluster.ts';
import { transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { assertChangeStorable, itemBytes, maxRecordBytes } from '#shared/clusters/model/records/size.ts';

import {
  makeCluster,
  makeJob,
  makeOperation,
  makeQueuedCommand,
  makeRevision,
  makeRun,
  makeSchedule,
  makeSnapshot,
  makeVerdict,
  principal,
  start,
} from './records.ts';
import { newTarget, type OpenStore, startClock, type StoreDifferences, type StoreWorld } from './world.ts';

/** Optimistic locks, transactions and stored events. */
export const describeCommits = (open: OpenStore, { countsReplacedValues = false }: StoreDifferences) =>
  describe('a commit', () => {
    let world: StoreWorld;
    let target: string;
    beforeEach(async () => {
      world = await open(startClock().now);
      target = newTarget();
    });

    const lockedRecords: readonly (readonly [
      kind: string,
      make: (target: string) => (previous: number | undefined) => Change,
    ])[] = [
      ['a cluster', (name) => onVersion('cluster', makeCluster(name).cluster)],
      [
        'a schedule',
        (name) => {
          const value = makeSchedule(name, 'evening');
          return (previous) => ({ schedule: { target: name, name: 'evening', value, previous } });
        },
      ],
      ['a run', (name) => onVersion('run', makeRun(name, 'evening', '2026-11-23T19:00:00Z'))],
      [
        'a queued command',
        (name) => {
          const value = makeQueuedCommand(name);
          return (previous) => ({ queued: [{ value, readyKey: undefined, previous }] });
        },
      ],
      [
        'an operation',
        (name) => {
          const value = makeOperation(name);
          return (previous) => ({ operations: [{ value, previous }] });
        },
      ],
      [
        'a revision',
        (name) => {
          const value = makeRevision({ target: name, clusterId: 'etl' }, 1);
          return (previous) => ({ revisions: [{ value, previous }] });
        },
      ],
      [
        'a snapshot',
        (name) => {
          const value = makeSnapshot({ target: name, clusterId: 'etl' });
          return (previous) => ({ snapshots: [{ value, previous }] });
        },
      ],
      [
        'a job',
        (name) => {
          const value = makeJob(makeCluster(name).cluster);
          return (previous) => ({ jobs: [{ value, previous }] });
        },
      ],
      [
        'the queue of a target',
        (name) => (previous) => ({
          queueControl: { target: name, paused: undefined, usage: undefined, reservations: {}, previous },
        }),
      ],
    ];

    it.each(lockedRecords)('writes %s only over the version that was read', async (_kind, make) => {
      const change = make(target);
      await world.store.commit(change(undefined));

      await expect(world.store.commit(change(undefined))).rejects.toMatchObject({ code: 'conflict' });
      await expect(world.store.commit(change(2))).rejects.toMatchObject({ code: 'conflict' });
      await world.store.commit(change(1));
      await expect(world.store.commit(change(1))).rejects.toMatchObject({ code: 'conflict' });
      await expect(world.store.commit(change(2))).resolves.toBeUndefined();
    });

    it.each(lockedRecords)('does not write %s over a version where there is no record', async (_kind, make) => {
      await expect(world.store.commit(make(target)(1))).rejects.toMatchObject({ code: 'conflict' });
      await expect(world.store.commit(make(target)(undefined))).resolves.toBeUndefined();
    });

    it('deletes a schedule only in the version that was read', async () => {
      const name = { target, name: 'evening' };
      await world.store.commit({ schedule: { ...name, value: makeSchedule(target, 'evening'), previous: undefined } });

      await expect(world.store.commit({ schedule: { ...name, value: undefined, previous: 2 } })).rejects.toMatchObject({
        code: 'conflict',
      });
      await world.store.commit({ schedule: { ...name, value: undefined, previous: 1 } });

      expect(await world.store.schedule(name)).toBeUndefined();
    });

    it('returns a record with its version', async () => {
      const { cluster, events } = makeCluster(target);
      const operation = makeOperation(target, { operationId: cluster.operationId, kind: 'deploy' });
      const job = makeJob(cluster);
      await world.store.commit({
        cluster: { value: cluster, previous: undefined },
        operations: [{ value: operation, previous: undefined }],
        jobs: [{ value: job, previous: undefined }],
        events,
      });
      await world.store.commit({ jobs: [{ value: { ...job, state: 'FINISHED' }, previous: 1 }] });

      expect(await world.store.cluster(cluster)).toEqual({ value: cluster, version: 1 });
      expect(await world.store.operation(operation.operationId)).toEqual({ value: operation, version: 1 });
      expect(await world.store.job(cluster, job.jobId)).toEqual({ value: { ...job, state: 'FINISHED' }, version: 2 });
      expect(await world.store.jobs(cluster)).toEqual([{ value: { ...job, state: 'FINISHED' }, version: 2 }]);
    });

    it.skipIf(countsReplacedValues)(
      'takes the largest record that a command may create, and what Drey adds to it',
      async () => {
        const { cluster, events } = makeCluster(target);
        const data = commands.submit.data.parse({ jar: 's3://bucket/a.jar' });
        const empty = makeOperation(target, { kind: 'submit', request: { kind: 'submit', data } });
        const config = { option: 'é'.repeat((maxRecordBytes - itemBytes(empty) - 20) / 2) };
        const operation = { ...empty, request: { kind: 'submit' as const, data: { ...data, config } } };
        const created = { operations: [{ value: operation, previous: undefined }] };
        assertChangeStorable(created);
        await world.store.commit({ ...created, cluster: { value: cluster, previous: undefined }, events });
        const fault = new Fault('program-failed', 'x'.repeat(5_000), {
          errors: Array.from({ length: 50 }, () => ({ pointer: '/parameters/1', detail: 'x'.repeat(500) })),
        });
        const end = transitionOperation({ value: operation, version: 1 }, { state: 'FAILED', fault }, start);
        await world.store.commit({ operations: [end], events: [makeVerdict(operation, 'FAILED')] });

        expect(itemBytes(operation)).toBeGreaterThan(maxRecordBytes - 20);
        expect(await world.store.operation(operation.operationId)).toEqual({ value: end.value, version: 2 });
      },
    );

    it('refuses a record that is larger than an item of DynamoDB', async () => {
      const operation = makeOperation(target, { phase: 'x'.repeat(410_000) });

      await expect(world.store.commit({ operations: [{ value: operation, previous: undefined }] })).rejects.toThrow(
        /size/i,
      );
      expect(await world.store.operation(operation.operationId)).toBeUndefined();
    });

    it('stores labels with every name that Kubernetes allows', async () => {
      const { cluster, events } = makeCluster(target, {
        labels: { constructor: 'a', toString: 'b', 'example.org': 'c' },
      });
      await world.store.commit({ cluster: { value: cluster, previous: undefined }, events });

      expect(await world.store.cluster(cluster)).toEqual({ value: cluster, version: 1 });
    });

    it('of an empty change writes nothing', async () => {
      await expect(world.store.commit({})).resolves.toBeUndefined();
    });

    it('writes all or nothing', async () => {
      const { cluster, events } = makeCluster(target);
      const [first, second] = [makeOperation(target), makeOperation(target)];
      const [queued, admitted] = [makeQueuedCommand(target), makeQueuedCommand(target)];
      await world.store.commit({ operations: [{ value: first, previous: undefined }] });

      const everything: Change = {
        cluster: { value: cluster, previous: undefined },
        operations: [
          { value: second, previous: undefined },
          { value: first, previous: undefined }, // Version 1 is stored.
        ],
        jobs: [{ value: makeJob(cluster), previous: undefined }],
        revisions: [{ value: makeRevision(cluster, 1), previous: undefined }],
        events: [...events, makeVerdict(second, 'FINISHED')],
        idempotency: { target, key: 'key', fingerprint: 'f', operationId: second.operationId, expiresAt: start },
        refusal: { target, key: 'key', code: 'not-found', expiresAt: start },
        queueControl: {
          target,
          paused: { since: start.toISOString(), principal: 'drey:reconcile' },
          usage: undefined,
          reservations: {},
          previous: undefined,
        },
        queued: [{ value: queued, readyKey: undefined, previous: undefined }],
        admitted: [admitted],
        batchItems: [{ batchId: second.operationId, batchIndex: 0, clusterId: 'one' }],
        schedule: { target, name: 'evening', value: makeSchedule(target, 'evening'), previous: undefined },
        run: { value: makeRun(target, 'evening', '2026-11-23T19:00:00Z'), previous: undefined },
      };
      await expect(world.store.commit(everything)).rejects.toMatchObject({ code: 'conflict' });

      expect(await world.store.cluster(cluster)).toBeUndefined();
      expect(await world.store.operation(second.operationId)).toBeUndefined();
      expect(await world.store.jobs(cluster)).toEqual([]);
      expect(await world.store.revision(cluster, 1)).toBeUndefined();
      expect(await world.store.transitions(cluster, { after: 0, limit: 10 })).toEqual([]);
      expect(await world.store.verdict(second.operationId)).toBeUndefined();
      expect(await world.store.idempotency(target, 'key')).toBeUndefined();
      expect(await world.store.refusal(target, 'key')).toBeUndefined();
      expect(await world.store.queue(target)).toMatchObject({ queueVersion: undefined, queued: [], admitted: [] });
      expect(await world.store.batchItems(second.operationId)).toEqual([]);
      expect(await world.store.scheduleNames(target)).toEqual([]);
      expect((await world.store.runs({ target, name: 'evening' }, { limit: 10 })).items).toEqual([]);
    });

    it('keeps the transitions of a cluster and its jobs in sequence, without holes', async () => {
      const length = 120;
      let { cluster, events } = makeCluster(target);
      const jobs = Array.from({ length: length - 2 }, (_, index) => makeJob(cluster, { name: `job ${index}` }));
      await world.store.commit({ cluster: { value: cluster, previous: undefined }, events });
      ({ cluster, events } = transitionCluster(cluster, 'DEPLOYING', { at: start, principal }));
      await world.store.commit({ cluster: { value: cluster, previous: 1 }, events });
      for (let version = 2; cluster.sequence < length; version += 1) {
        const some = jobs
          .slice(cluster.sequence - 2, cluster.sequence + 38)
          .map((job) => ({ job, from: null, principal }));
        ({ cluster, events } = transitionJobs(cluster, some, start));
        await world.store.commit({ cluster: { value: cluster, previous: version }, events });
      }

      const all = await world.store.transitions(cluster, { after: 0, limit: 1_000 });
      const sequence = Array.from({ length }, (_, index) => index + 1);
      expect(all).toHaveLength(length);
      expect(all.map((transition) => transition.sequence)).toEqual(sequence);
      const page = await world.store.transitions(cluster, { after: 99, limit: 7 });
      expect(page).toHaveLength(7);
      expect(page.map((transition) => transition.sequence)).toEqual(sequence.slice(99, 106));
      expect(await world.store.transitions(cluster, { after: length, limit: 10 })).toEqual([]);
    });

    it('never writes two transitions with one sequence number', async () => {
      const { cluster, events } = makeCluster(target);
      await world.store.commit({ cluster: { value: cluster, previous: undefined }, events });

      await expect(world.store.commit({ events })).rejects.toMatchObject({ code: 'conflict' });
      expect(await world.store.transitions(cluster, { after: 0, limit: 10 })).toHaveLength(1);
    });

    it('keeps the first verdict of an operation', async () => {
      const operation = makeOperation(target);
      const written = { operations: [{ value: operation, previous: undefined }] };
      await world.store.commit({ ...written, events: [makeVerdict(operation, 'FAILED')] });
      await world.store.commit({ events: [makeVerdict(operation, 'FINISHED')] });

      expect(await world.store.verdict(operation.operationId)).toMatchObject({ verdict: 'FAILED' });
    });

    it('takes a warning that was written before, and lists no warning as a transition', async () => {
      const { cluster, events } = makeCluster(target);
      const warning = toWarningEvent({
        id: `targets/${target}/clusters/${cluster.clusterId}/warnings/1`,
        target,
        clusterId: cluster.clusterId,
        operationId: cluster.operationId,
        principal: 'drey:lifetime',
        version: 1,
        reason: 'LifetimeEnds',
        endsAt: start.toISOString(),
        savepoint: 'none',
        ha: 'keep',
        labels: {},
        at: start.toISOString(),
      });
      await world.store.commit({ cluster: { value: cluster, previous: undefined }, events: [...events, warning] });
      await world.store.commit({ events: [warning] });

      expect(await world.store.transitions(cluster, { after: 0, limit: 10 })).toHaveLength(1);
    });
  });

const onVersion =
  <K extends 'cluster' | 'run'>(kind: K, value: NonNullable<Change[K]>['value']) =>
  (previous: number | undefined): Change => ({ [kind]: { value, previous } });
