import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';
import { type ClusterRef, subjectOf } from '#events/names.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import type { Schedule, ScheduleRun } from '#events/schedules.ts';
import type { LifetimeWarning, Transition } from '#events/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedCommand, QueueState } from '#shared/clusters/model/queue.ts';
import type {
  BatchItem,
  Change,
  Idempotency,
  Refusal,
  ScheduleName,
  VerdictRecord,
} from '#shared/clusters/model/records.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** The store in memory, with the same conditions as the table's. */
export class FakeStore implements Store {
  readonly clusterRecords = new Map<string, Versioned<Cluster>>();
  readonly operations = new Map<string, Versioned<StoredOperation>>();
  readonly jobRecords = new Map<string, Versioned<Job>>();
  readonly written: Transition[] = [];
  readonly keys = new Map<string, Idempotency>();
  readonly refusals = new Map<string, Refusal>();
  readonly queueControls = new Map<string, Versioned<Pick<QueueState, 'paused'>>>();
  readonly counts = new Map<string, number>();
  readonly queued = new Map<string, Versioned<QueuedCommand>>();
  readonly admitted = new Map<string, QueuedCommand>();
  readonly verdicts = new Map<string, VerdictRecord>();
  readonly warnings: LifetimeWarning[] = [];
  readonly scheduleRecords = new Map<string, Versioned<Schedule>>();
  readonly runRecords = new Map<string, Versioned<ScheduleRun>>();
  readonly batchItemRecords = new Map<string, BatchItem>();

  async cluster(clusterRef: ClusterRef) {
    return structuredClone(this.clusterRecords.get(subjectOf(clusterRef)));
  }

  async clusters(
    target: string,
    {
      states = [],
      cursor,
      limit,
    }: { readonly states?: readonly ClusterState[]; readonly cursor?: string; readonly limit: number },
  ) {
    const all = states.flatMap((state) =>
      [...this.clusterRecords.values()]
        .map(({ value }) => value)
        .filter((cluster) => cluster.target === target && cluster.state === state),
    );
    const from = cursor === undefined ? 0 : Number(cursor);
    const items = all.slice(from, from + limit);
    return from + limit < all.length ? { items, cursor: String(from + limit) } : { items };
  }

  async operation(operationId: string) {
    return structuredClone(this.operations.get(operationId));
  }

  async openOperations(target: string) {
    const all = [...this.operations.values()].map(({ value }) => value);
    return all.filter((operation) => operation.target === target && !isTerminalOperation(operation));
  }

  async jobs(clusterRef: ClusterRef) {
    return [...this.jobRecords.entries()]
      .filter(([key]) => key.startsWith(`${subjectOf(clusterRef)}/jobs/`))
      .map(([, job]) => structuredClone(job));
  }

  async job(clusterRef: ClusterRef, jobId: string) {
    return structuredClone(this.jobRecords.get(`${subjectOf(clusterRef)}/jobs/${jobId}`));
  }

  async transitions(clusterRef: ClusterRef, { after, limit }: { readonly after: number; readonly limit: number }) {
    return this.written
      .filter((transition) => subjectOf(transition) === subjectOf(clusterRef) && transition.sequence > after)
      .slice(0, limit);
  }

  async idempotency(target: string, key: string) {
    return this.keys.get(`${target}/${key}`);
  }

  async refusal(target: string, key: string) {
    return this.refusals.get(`${target}/${key}`);
  }

  async verdict(operationId: string) {
    return this.verdicts.get(operationId);
  }

  async queue(target: string): Promise<QueueState> {
    return this.queueStateOf(target);
  }

  private queueStateOf(target: string): QueueState {
    const queueVersion = this.queueControls.get(target);
    return structuredClone({
      queueVersion: queueVersion?.version,
      paused: queueVersion?.value.paused,
      queued: [...this.queued.values()].filter(({ value }) => value.target === target),
      admitted: [...this.admitted.values()].filter((claim) => claim.target === target),
      approximateSize: this.counts.get(target) ?? 0,
    });
  }

  async queueSummary(target: string) {
    const { queued, approximateSize, ...head } = this.queueStateOf(target);
    return { ...head, queued: queued.length === 0 ? 0 : Math.max(approximateSize, 1) };
  }

  async count(target: string, queued: { readonly to: number } | { readonly by: 1 }) {
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

  async schedules(target: string) {
    return [...this.scheduleRecords.values()].map(({ value }) => value).filter((one) => one.target === target);
  }

  async run({ target, name }: ScheduleName, runId: string) {
    return structuredClone(this.runRecords.get(`${target}/${name}/${runId}`));
  }

  async runs({ target, name }: ScheduleName, limit: number) {
    return [...this.runRecords.values()]
      .map(({ value }) => value)
      .filter((run) => run.target === target && run.name === name)
      .toSorted((one, other) => other.runId.localeCompare(one.runId))
      .slice(0, limit);
  }

  async commit(change: Change) {
    const {
      cluster,
      operations = [],
      jobs = [],
      transitions = [],
      idempotency,
      ...queueState
    } = structuredClone(change);
    const puts = [
      ...(cluster === undefined ? [] : [putOf(this.clusterRecords, subjectOf(cluster.value), cluster)]),
      ...operations.map((operation) => putOf(this.operations, operation.value.operationId, operation)),
      ...(queueState.queueVersion === undefined
        ? []
        : [
            putOf(this.queueControls, queueState.queueVersion.target, {
              value: { paused: queueState.queueVersion.paused },
              previous: queueState.queueVersion.previous,
            }),
          ]),
      ...(queueState.queued === undefined
        ? []
        : [putOf(this.queued, queueState.queued.value.operationId, queueState.queued)]),
      ...(queueState.schedule === undefined ? [] : [this.scheduleWrite(queueState.schedule)]),
      ...(queueState.run === undefined
        ? []
        : [
            putOf(
              this.runRecords,
              `${queueState.run.value.target}/${queueState.run.value.name}/${queueState.run.value.runId}`,
              queueState.run,
            ),
          ]),
      ...jobs.map((job) => putOf(this.jobRecords, `${subjectOf(job.value)}/jobs/${job.value.jobId}`, job)),
    ];
    const numbersTaken = transitions.some(({ id }) => this.written.some((known) => known.id === id));
    const keyTaken = idempotency !== undefined && this.keys.has(`${idempotency.target}/${idempotency.key}`);
    if (numbersTaken || keyTaken || puts.some(({ fits }) => !fits))
      throw new Fault('conflict', 'somebody else changed it at the same time');
    for (const { write } of puts) write();
    for (const { operationId } of queueState.dequeued ?? []) this.queued.delete(operationId);
    for (const { operationId } of queueState.released ?? []) this.admitted.delete(operationId);
    for (const claim of queueState.admitted ?? []) this.admitted.set(claim.operationId, claim);
    for (const verdict of queueState.verdicts ?? [])
      if (!this.verdicts.has(verdict.operationId)) this.verdicts.set(verdict.operationId, verdict);
    for (const batchItem of queueState.batchItems ?? [])
      this.batchItemRecords.set(`${batchItem.batchId}/${batchItem.batchIndex}`, batchItem);
    this.warnings.push(...(queueState.warnings ?? []));
    this.written.push(...transitions);
    if (idempotency !== undefined) this.keys.set(`${idempotency.target}/${idempotency.key}`, idempotency);
    if (queueState.refusal !== undefined)
      this.refusals.set(`${queueState.refusal.target}/${queueState.refusal.key}`, queueState.refusal);
  }

  private scheduleWrite({ target, name, value, previous }: NonNullable<Change['schedule']>) {
    const key = `${target}/${name}`;
    if (value !== undefined) return putOf(this.scheduleRecords, key, { value, previous });
    return {
      fits: this.scheduleRecords.get(key)?.version === previous,
      write: () => this.scheduleRecords.delete(key),
    };
  }
}

const putOf = <T>(
  records: Map<string, Versioned<T>>,
  key: string,
  { value, previous }: { readonly value: T; readonly previous: number | undefined },
) => ({
  fits: records.get(key)?.version === previous,
  write: () => records.set(key, { value, version: (previous ?? 0) + 1 }),
});
