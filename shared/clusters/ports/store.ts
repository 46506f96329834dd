import type { Cluster, ClusterState } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Schedule, ScheduleRun } from '#events/schedules.ts';
import type { Transition } from '#events/transitions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { VerdictRecord } from '#shared/clusters/model/outbox.ts';
import type { QueueState, QueueSummary } from '#shared/clusters/model/queue.ts';
import type { BatchItem, Change, Idempotency, Refusal, ScheduleName } from '#shared/clusters/model/records.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string | undefined;
}

export interface Store {
  cluster(clusterRef: ClusterRef): Promise<Versioned<Cluster> | undefined>;
  /** Eventually consistent; newest change first is not promised. */
  clusters(
    target: string,
    filter: { readonly states?: readonly ClusterState[]; readonly cursor?: string; readonly limit: number },
  ): Promise<Page<Cluster>>;
  operation(operationId: string): Promise<Versioned<StoredOperation> | undefined>;
  /** The operations of a target that are not over. Eventually consistent. */
  openOperations(target: string): Promise<readonly StoredOperation[]>;
  /** The jobs of one cluster. */
  jobs(clusterRef: ClusterRef): Promise<readonly Versioned<Job>[]>;
  job(clusterRef: ClusterRef, jobId: string): Promise<Versioned<Job> | undefined>;
  transitions(
    clusterRef: ClusterRef,
    range: { readonly after: number; readonly limit: number },
  ): Promise<readonly Transition[]>;
  idempotency(target: string, key: string): Promise<Idempotency | undefined>;
  /** That of a key which no operation has. */
  refusal(target: string, key: string): Promise<Pick<Refusal, 'code'> | undefined>;
  verdict(operationId: string): Promise<VerdictRecord | undefined>;
  /** Who waits for a target and who holds how much of it, as of now. */
  queue(target: string): Promise<QueueState>;
  queueSummary(target: string): Promise<QueueSummary>;
  /** Notes how many wait for a target, or that one more does. It is read by many and exact at no time: no part of a transaction. */
  count(target: string, queued: { readonly to: number } | { readonly by: 1 }): Promise<void>;
  batchItems(batchId: string): Promise<readonly BatchItem[]>;
  schedule(name: ScheduleName): Promise<Versioned<Schedule> | undefined>;
  schedules(target: string): Promise<readonly Schedule[]>;
  run(name: ScheduleName, runId: string): Promise<Versioned<ScheduleRun> | undefined>;
  /** The last ones, newest first. They are kept for 90 days. */
  runs(name: ScheduleName, limit: number): Promise<readonly ScheduleRun[]>;
  /** @throws Fault `changed-meanwhile` when a version is not the one that was read, or a key or number is there already. */
  commit(change: Change): Promise<void>;
}
