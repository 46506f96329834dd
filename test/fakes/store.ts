import type { BatchItem } from '#events/batch-item.ts';
import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import { type ClusterRef, subjectOf } from '#events/names.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Schedule, ScheduleRun } from '#events/records/schedules.ts';
import type { LifetimeWarning, Transition } from '#events/records/transitions.ts';
import type { QueuedCommand, QueueHead, QueueState } from '#shared/clusters/model/admission/queue.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { cutPage, type PageRequest } from '#shared/clusters/model/page.ts';
import type { OutboxEvent, VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import type { Change, Idempotency, QueuedRef, Refusal, ScheduleName } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { assertItemSize } from './item-size.ts';
import { listRevisions, revisionPut, type RevisionRecords } from './revision-records.ts';
import { listSnapshots, placeOfSnapshot, type SnapshotRecords } from './snapshot-records.ts';
import { assertLimits, eventPut, keyOfQueued, type Put, putOf, schedulePut } from './store-writes.ts';

/** The store in memory, with the conditions of the table. */
export class FakeStore implements Store {
  readonly clusterRecords = new Map<string, Versioned<Cluster>>();
  readonly operations = new Map<string, Versioned<StoredOperation>>();
  readonly revisionRecords: RevisionRecords = new Map();
  readonly snapshotRecords: SnapshotRecords = new Map();
  readonly jobRecords = new Map<string, Versioned<Job>>();
  /** By their ids, in the order in which they were written. */
  readonly events = new Map<string, OutboxEvent>();
  readonly keys = new Map<string, Idempotency>();
  readonly refusals = new Map<string, Refusal>();
  readonly queueControls = new Map<string, Versioned<Pick<QueueHead, 'paused' | 'usage' | 'reservations'>>>();
  readonly counts = new Map<string, number>();
  /** By ready key, or by operation. */
  readonly queued = new Map<string, Versioned<QueuedCommand>>();
  private readonly readyKeys = new Map<string, string>();
  readonly admitted = new Map<string, QueuedCommand>();
  /** The targets of released commands, by operation. */
  readonly released = new Map<string, string>();
  readonly scheduleRecords = new Map<string, Versioned<Schedule>>();
  readonly runRecords = new Map<string, Versioned<ScheduleRun>>();
  readonly batchItemRecords = new Map<string, BatchItem>();
  /** Whether the target is still the one that a change was decided for. */
  isUnchanged: (target: NamedTarget) => boolean = () => true;
  private readonly now: () => Date;

  constructor(now: () => Date) {
    this.now = now;
  }

  get writtenTransitions(): readonly Transition[] {
    return [...this.events.values()].flatMap(({ detail }) => ('sequence' in detail ? [detail] : []));
  }

  get warnings(): readonly LifetimeWarning[] {
    return [...this.events.values()].flatMap(({ type, detail }) => (type === 'Flink Lifetime Warning' ? [detail] : []));
  }

  get verdicts(): ReadonlyMap<string, VerdictRecord> {
    const verdicts = [...this.events.values()].flatMap(({ type, detail }) =>
      type === 'Flink Command Finished' ? [detail] : [],
    );
    return new Map(verdicts.map((verdict) => [verdict.operationId, verdict]));
  }

  async cluster(clusterRef: ClusterRef) {
    return structuredClone(this.clusterRecords.get(subjectOf(clusterRef)));
  }

  async clusters(target: string, { states = [], cursor, limit }: Parameters<Store['clusters']>[1]) {
    const all = states.flatMap((state) =>
      [...this.clusterRecords.values()]
        .map(({ value }) => value)
        .filter((cluster) => cluster.target === target && cluster.state === state),
    );
    return structuredClone(cutPage(all, { limit, cursor }));
  }

  async allClusters(target: string, states: readonly ClusterState[]) {
    const all = [...this.clusterRecords.values()].map(({ value }) => value);
    return {
      items: structuredClone(all.filter((cluster) => cluster.target === target && states.includes(cluster.state))),
    };
  }

  async operation(operationId: string) {
    return structuredClone(this.operations.get(operationId));
  }

  async operationsByIds(operationIds: readonly string[]) {
    return structuredClone(operationIds.flatMap((operationId) => this.operations.get(operationId)?.value ?? []));
  }

  async openOperations(target: string) {
    const all = [...this.operations.values()].map(({ value }) => value);
    const open = all.filter((operation) => operation.target === target && !isTerminalOperation(operation));
    return { items: structuredClone(open) };
  }

  async clusterWithJobs(clusterRef: ClusterRef) {
    const [cluster, jobs] = await Promise.all([this.cluster(clusterRef), this.jobs(clusterRef)]);
    return cluster && { cluster, jobs };
  }

  async jobs(clusterRef: ClusterRef) {
    return [...this.jobRecords.entries()]
      .filter(([key]) => key.startsWith(`${subjectOf(clusterRef)}/jobs/`))
      .map(([, job]) => structuredClone(job));
  }

  async lastJobs(clusterRef: ClusterRef, limit: number) {
    const all = await this.jobs(clusterRef);
    const jobs = all.toSorted((one, other) => (one.value.jobId < other.value.jobId ? 1 : -1)).slice(0, limit);
    return { jobs, hasMore: jobs.length < all.length };
  }

  async job(clusterRef: ClusterRef, jobId: string) {
    return structuredClone(this.jobRecords.get(`${subjectOf(clusterRef)}/jobs/${jobId}`));
  }

  async revisions(clusterRef: ClusterRef, { after }: { readonly after: number }) {
    return { items: listRevisions(this.revisionRecords, clusterRef, { after, now: this.now() }) };
  }

  async revision(clusterRef: ClusterRef, number: number) {
    return (await this.revisions(clusterRef, { after: number - 1 })).items.find(({ value }) => value.number === number);
  }

  async snapshots(clusterRef: ClusterRef, page: PageRequest) {
    return listSnapshots(this.snapshotRecords, clusterRef, page);
  }

  async snapshot(clusterRef: ClusterRef, snapshotId: string) {
    return structuredClone(this.snapshotRecords.get(placeOfSnapshot({ ...clusterRef, snapshotId })));
  }

  async transitions(clusterRef: ClusterRef, { after, limit }: { readonly after: number; readonly limit: number }) {
    return this.writtenTransitions
      .filter((transition) => subjectOf(transition) === subjectOf(clusterRef) && transition.sequence > after)
      .toSorted((one, other) => one.sequence - other.sequence)
      .slice(0, limit);
  }

  async idempotency(target: string, key: string) {
    return this.unexpired(this.keys.get(`${target}/${key}`));
  }

  async refusal(target: string, key: string) {
    const refusal = this.unexpired(this.refusals.get(`${target}/${key}`));
    return refusal === undefined ? undefined : { code: refusal.code };
  }

  async verdict(operationId: string) {
    return this.verdicts.get(operationId);
  }

  async queue(target: string) {
    return this.queueState(target);
  }

  private queueState(target: string): QueueState {
    const control = this.queueControls.get(target);
    return structuredClone({
      queueVersion: control?.version,
      paused: control?.value.paused,
      usage: control?.value.usage,
      reservations: control?.value.reservations ?? {},
      released: [...this.released].filter(([, of]) => of === target).map(([operationId]) => operationId),
      queued: [...this.queued]
        .filter(([, { value }]) => value.target === target)
        .map(([key, record]) => ({ ...record, readyKey: this.readyKeys.get(key) })),
      admitted: [...this.admitted.values()].filter(
        (command) => command.target === target && !this.released.has(command.operationId),
      ),
      approximateSize: this.counts.get(target) ?? 0,
    });
  }

  async queuedRecords(commands: readonly QueuedCommand[]) {
    return Promise.all(
      commands.map(async (command) => ({
        command,
        operation: await this.operation(command.operationId),
        cluster: await this.cluster(command),
      })),
    );
  }

  async queueHead(target: string) {
    const { queued: _queued, admitted: _admitted, ...head } = this.queueState(target);
    return head;
  }

  async readyCommands(target: string, { after, limit }: { readonly after: string; readonly limit: number }) {
    const ready = this.queueState(target)
      .queued.filter(({ readyKey }) => readyKey !== undefined && readyKey > after)
      .toSorted((one, other) => (String(one.readyKey) < String(other.readyKey) ? -1 : 1));
    return { commands: ready.slice(0, limit), hasMore: ready.length > limit };
  }

  async waitingCommands(target: string) {
    return this.queueState(target).queued.filter(({ readyKey }) => readyKey === undefined);
  }

  async queuedCommand(record: QueuedRef) {
    const found = this.queued.get(keyOfQueued(record));
    return found === undefined ? undefined : structuredClone({ readyKey: record.readyKey, ...found });
  }

  async admittedCommands(target: string) {
    return structuredClone([...this.admitted.values()].filter((command) => command.target === target));
  }

  async admittedByIds(target: string, operationIds: readonly string[]) {
    return (await this.admittedCommands(target)).filter(({ operationId }) => operationIds.includes(operationId));
  }

  async updateApproximateSize(target: string, queued: { readonly to: number } | { readonly by: number }) {
    this.counts.set(target, 'to' in queued ? queued.to : (this.counts.get(target) ?? 0) + queued.by);
  }

  async batchItems(batchId: string) {
    return [...this.batchItemRecords.values()]
      .filter((batchItem) => batchItem.batchId === batchId)
      .toSorted((one, other) => one.batchIndex - other.batchIndex);
  }

  async schedule({ target, name }: ScheduleName) {
    return structuredClone(this.scheduleRecords.get(`${target}/${name}`));
  }

  async schedules(target: string, page: PageRequest) {
    return cutPage(this.listSchedules(target), page);
  }

  async scheduleNames(target: string) {
    return this.listSchedules(target).map(({ name }) => name);
  }

  private listSchedules(target: string) {
    return [...this.scheduleRecords.values()].map(({ value }) => value).filter((one) => one.target === target);
  }

  async run({ target, name }: ScheduleName, runId: string) {
    return structuredClone(this.runRecords.get(`${target}/${name}/${runId}`));
  }

  async runs({ target, name }: ScheduleName, page: PageRequest) {
    const found = [...this.runRecords.values()]
      .map(({ value }) => value)
      .filter((run) => run.target === target && run.name === name)
      .toSorted((one, other) => other.runId.localeCompare(one.runId));
    return cutPage(found, page);
  }

  async commit(change: Change) {
    const { operations = [], revisions = [], snapshots = [], jobs = [], cluster, clusters = [] } = change;
    const { schedule, run } = change;
    for (const record of [...operations, ...revisions, ...snapshots, ...jobs, ...clusters, cluster, schedule, run])
      assertItemSize(record?.value);
    const copy = structuredClone(change);
    assertLimits(copy);
    const puts = [
      ...this.recordPuts(copy),
      ...(copy.events ?? []).map((event) => eventPut(this.events, event)),
      ...this.idempotencyPuts(copy),
    ];
    const { unchangedTarget } = change;
    const isChanged = unchangedTarget !== undefined && !this.isUnchanged(unchangedTarget);
    if (isChanged || puts.some(({ isAllowed }) => !isAllowed))
      throw new Fault('conflict', 'A concurrent command changed the record. Retry the command.');
    for (const { write } of puts) write();
    this.writeUnconditionally(copy);
  }

  private recordPuts({ cluster, clusters = [], operations = [], jobs = [], ...others }: Change): Put[] {
    const { revisions = [], snapshots = [], queueControl, queued = [], dequeued = [], schedule, run } = others;
    return [
      ...clusters.map((each) => putOf(this.clusterRecords, subjectOf(each.value), each)),
      ...(cluster === undefined ? [] : [putOf(this.clusterRecords, subjectOf(cluster.value), cluster)]),
      ...operations.map((operation) => putOf(this.operations, operation.value.operationId, operation)),
      ...revisions.map((revision) => revisionPut(this.revisionRecords, revision, this.now())),
      ...snapshots.map((one) => putOf(this.snapshotRecords, placeOfSnapshot(one.value), one)),
      ...jobs.map((job) => putOf(this.jobRecords, `${subjectOf(job.value)}/jobs/${job.value.jobId}`, job)),
      ...(queueControl === undefined ? [] : [putOf(this.queueControls, queueControl.target, toRecord(queueControl))]),
      ...queued.map((record) => this.queuedPut(record)),
      ...dequeued.map(({ version, ...record }) => ({
        isAllowed: version === undefined || this.queued.get(keyOfQueued(record))?.version === version,
        write: () => this.queued.delete(keyOfQueued(record)),
      })),
      ...(schedule === undefined ? [] : [schedulePut(this.scheduleRecords, schedule)]),
      ...(run === undefined
        ? []
        : [putOf(this.runRecords, `${run.value.target}/${run.value.name}/${run.value.runId}`, run)]),
    ];
  }

  private queuedPut({ value, readyKey, previous }: NonNullable<Change['queued']>[number]): Put {
    const key = keyOfQueued({ ...value, readyKey });
    const put = putOf(this.queued, key, { value, previous });
    return {
      ...put,
      write: () => {
        put.write();
        if (readyKey !== undefined) this.readyKeys.set(key, readyKey);
      },
    };
  }

  private idempotencyPuts({ idempotency }: Change): Put[] {
    if (idempotency === undefined) return [];
    const key = `${idempotency.target}/${idempotency.key}`;
    return [
      {
        isAllowed: this.unexpired(this.keys.get(key)) === undefined,
        write: () => this.keys.set(key, idempotency),
      },
    ];
  }

  private writeUnconditionally(change: Change) {
    const { released = [], settled = [], admitted = [], batchItems = [], refusal } = change;
    for (const { target, operationId } of released) this.released.set(operationId, target);
    for (const { operationId } of settled) {
      this.released.delete(operationId);
      this.admitted.delete(operationId);
    }
    for (const command of admitted) {
      this.released.delete(command.operationId);
      this.admitted.set(command.operationId, command);
    }
    for (const batchItem of batchItems)
      this.batchItemRecords.set(`${batchItem.batchId}/${batchItem.batchIndex}`, batchItem);
    if (refusal !== undefined) this.refusals.set(`${refusal.target}/${refusal.key}`, refusal);
  }

  private unexpired<T extends { readonly expiresAt: Date }>(record: T | undefined): T | undefined {
    return record !== undefined && record.expiresAt >= this.now() ? record : undefined;
  }
}

const toRecord = <T extends { readonly previous: number | undefined }>(value: T) => ({
  value,
  previous: value.previous,
});
