import type { BatchItem } from '#events/batch-item.ts';
import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { Schedule, ScheduleRun } from '#events/records/schedules.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import type { Transition } from '#events/records/transitions.ts';
import type { QueuedCommand, QueuedRecord, QueueHead, QueueState } from '#shared/clusters/model/admission/queue.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Listed, Page, PageRequest } from '#shared/clusters/model/page.ts';
import type { VerdictRecord } from '#shared/clusters/model/records/outbox.ts';
import type { Change, Idempotency, QueuedRef, Refusal, ScheduleName } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

/** The records of a cluster and of the jobs of all its incarnations. */
export interface ClusterRecords {
  readonly cluster: Versioned<Cluster>;
  readonly jobs: readonly Versioned<Job>[];
}

/** A queued command with its operation, and the cluster that it names. */
export interface QueuedRecords {
  readonly command: QueuedCommand;
  readonly operation: Versioned<StoredOperation> | undefined;
  readonly cluster: Versioned<Cluster> | undefined;
}

/**
 * The records of Drey.
 *
 * Reads are strongly consistent: they return every write that ended before them. Exceptions say so. A read of a missing
 * record returns undefined, and a list without records is empty.
 *
 * A read throws Fault `version-mismatch` for a record that this version of Drey cannot read, because another version
 * wrote it. Lists that name such records say so.
 *
 * A page has at most as many records as fit into a response of the API. Its cursor is valid for the same list only, and
 * a cursor that does not come from an earlier page throws Fault `malformed-request`.
 *
 * Every method throws Fault `limit-reached` when the database throttles it, and `deadline-exceeded` when the database
 * gives no answer. After the latter a write may have been done.
 */
export interface Store {
  /** A cluster and the jobs of all its incarnations, by one query. */
  clusterWithJobs(clusterRef: ClusterRef): Promise<ClusterRecords | undefined>;
  cluster(clusterRef: ClusterRef): Promise<Versioned<Cluster> | undefined>;
  /** The clusters of a target in these states, state by state, in no defined order within a state. Eventually consistent. */
  clusters(target: string, filter: PageRequest & { readonly states?: readonly ClusterState[] }): Promise<Page<Cluster>>;
  /** All clusters of a target in these states, in no defined order. Eventually consistent. */
  allClusters(target: string, states: readonly ClusterState[]): Promise<Listed<Cluster>>;
  operation(operationId: string): Promise<Versioned<StoredOperation> | undefined>;
  /** The operations with these IDs, in any order. A missing one is left out. */
  operationsByIds(operationIds: readonly string[]): Promise<readonly StoredOperation[]>;
  /** The operations of a target that are not terminal. Eventually consistent. */
  openOperations(target: string): Promise<Listed<StoredOperation>>;
  /** The jobs of all incarnations of a cluster. */
  jobs(clusterRef: ClusterRef): Promise<readonly Versioned<Job>[]>;
  /**
   * The jobs of all incarnations of a cluster that have the highest IDs, highest first: at most `limit`, and not many more
   * than fit into a response of the API. `hasMore`: there may be others. The IDs that Drey gives ascend with time.
   */
  lastJobs(
    clusterRef: ClusterRef,
    limit: number,
  ): Promise<{ readonly jobs: readonly Versioned<Job>[]; readonly hasMore: boolean }>;
  job(clusterRef: ClusterRef, jobId: string): Promise<Versioned<Job> | undefined>;
  /** The transitions of a cluster and its jobs with a sequence above `after`, in ascending order. */
  transitions(
    clusterRef: ClusterRef,
    range: { readonly after: number; readonly limit: number },
  ): Promise<readonly Transition[]>;
  /** The revisions of a cluster with a number above `after`, newest first. One that has expired is none. */
  revisions(clusterRef: ClusterRef, range: { readonly after: number }): Promise<Listed<Versioned<StoredRevision>>>;
  revision(clusterRef: ClusterRef, number: number): Promise<Versioned<StoredRevision> | undefined>;
  /** The snapshots of all incarnations of a cluster, newest first. Those that expire may be listed for two more days. */
  snapshots(clusterRef: ClusterRef, page: PageRequest): Promise<Page<Versioned<StoredSnapshot>>>;
  snapshot(clusterRef: ClusterRef, snapshotId: string): Promise<Versioned<StoredSnapshot> | undefined>;
  /** The operation of an idempotency key. Undefined after the key has expired. */
  idempotency(target: string, key: string): Promise<Idempotency | undefined>;
  /** Why the command of an idempotency key was rejected. Undefined after the key has expired. */
  refusal(target: string, key: string): Promise<Pick<Refusal, 'code'> | undefined>;
  verdict(operationId: string): Promise<VerdictRecord | undefined>;
  /** The admission queue of a target with all of its queued and admitted commands. */
  queue(target: string): Promise<QueueState>;
  /** The operations of queued commands and their clusters, in the order of the commands. */
  queuedRecords(commands: readonly QueuedCommand[]): Promise<readonly QueuedRecords[]>;
  /** The admission queue of a target without its commands, which may be thousands. */
  queueHead(target: string): Promise<QueueHead>;
  /** The queued commands of a target that wait for capacity only, in the order of their ready keys, from the first after a key. */
  readyCommands(
    target: string,
    page: { readonly after: string; readonly limit: number },
  ): Promise<{ readonly commands: readonly QueuedRecord[]; readonly hasMore: boolean }>;
  /** The queued commands of a target that wait for something else, such as a dependency. */
  waitingCommands(target: string): Promise<readonly QueuedRecord[]>;
  /** One queued command. */
  queuedCommand(record: QueuedRef): Promise<QueuedRecord | undefined>;
  /** The admitted commands of a target, also those that were released and are still part of its usage. */
  admittedCommands(target: string): Promise<readonly QueuedCommand[]>;
  /** The admitted commands of these operations, in any order. */
  admittedByIds(target: string, operationIds: readonly string[]): Promise<readonly QueuedCommand[]>;
  /**
   * Sets or increments the approximate size of an admission queue. It is not part of a transaction, because every new
   * command writes it.
   */
  updateApproximateSize(target: string, size: { readonly to: number } | { readonly by: number }): Promise<void>;
  /** The recorded items of a batch, by index. */
  batchItems(batchId: string): Promise<readonly BatchItem[]>;
  schedule(name: ScheduleName): Promise<Versioned<Schedule> | undefined>;
  schedules(target: string, page: PageRequest): Promise<Page<Schedule>>;
  /** The names of all schedules of a target, also of those that this version of Drey cannot read. */
  scheduleNames(target: string): Promise<readonly string[]>;
  run(name: ScheduleName, runId: string): Promise<Versioned<ScheduleRun> | undefined>;
  /** The runs of a schedule, newest first. A run is kept for 90 days. */
  runs(name: ScheduleName, page: PageRequest): Promise<Page<ScheduleRun>>;
  /**
   * Writes a change in one transaction. A change has at most 100 records, each of them once.
   *
   * @throws Fault `conflict` when a record has another version than `previous`, when a key or a transition number already
   *   exists, or when the target is not `unchangedTarget`. Nothing is written then. With the reason `TransactionConflict`
   *   another transaction wrote one of the records at the same time, and the same change may succeed in a moment.
   */
  commit(change: Change): Promise<void>;
}
