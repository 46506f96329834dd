import { isDeepStrictEqual } from 'node:util';

import type { Cluster, ProgramStatus } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { dreyPrincipals, type Principal } from '#events/principal.ts';
import { flinkAnswered, type JobChange, transitionJobs, withCondition } from '#shared/clusters/model/cluster.ts';
import { isIncarnationJob } from '#shared/clusters/model/job.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords, Store } from '#shared/clusters/ports/store.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { maxObservedJobsPerTransaction, transact } from '#shared/clusters/store/transact.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import type { LatestSavepoint } from '#shared/flink/rest/snapshots.ts';

import { withCompleteSnapshots } from './complete-snapshots.ts';

export type Submitter = Pick<StoredOperation, 'operationId' | 'principal' | 'restoredFrom' | 'request'>;

/** What Flink reports about the jobs of a cluster. */
interface JobReport {
  readonly overview: readonly JobOverview[];
  /** The jobs that were recorded before Flink was asked. A job that was recorded later is not missing from the report. */
  readonly recorded: readonly Job[];
  /** Root causes by job id. */
  readonly causes: ReadonlyMap<string, string | undefined>;
  /** Savepoints by job id. */
  readonly savepoints: ReadonlyMap<string, LatestSavepoint | undefined>;
  /** The program of an application without a running job, if Flink reports it. */
  readonly program: ProgramStatus | undefined;
  /** The operations that started the new jobs, by job id. */
  readonly submitters: ReadonlyMap<string, Submitter>;
  /** The command that changes its job, or the jobs that are stopped with the cluster when it names none. */
  readonly changedBy: Pick<StoredOperation, 'jobId' | 'principal'> | undefined;
}

/** A job in its new state, with the version of the record that it replaces. */
type JobUpdate = Omit<JobChange, 'principal'> & { readonly previous: number | undefined };

/** An operation that ends when its job is recorded. */
export interface EndsWithJob {
  readonly operation: Versioned<StoredOperation>;
  /** Whether the operation succeeds with the job as it is. */
  readonly succeedsWith: (job: Job) => boolean;
}

interface Recorded {
  readonly jobs: readonly Job[];
  /** The operation that ended in the same transaction. */
  readonly ended?: StoredOperation;
  /** More jobs changed than one transaction can hold. */
  readonly more: boolean;
}

/**
 * Records a report of Flink: jobs in a new state, new jobs, and jobs that Flink no longer knows.
 *
 * The records from before the request are used first, because in most cases nothing has changed since and nothing has to
 * be written.
 *
 * @param ending The operation that succeeds in the same transaction. After a concurrent write it does not end here.
 * @returns The jobs of the incarnation that was observed, and the operation if it ended.
 */
export const recordJobs = async (
  records: ClusterRecords,
  report: JobReport,
  ports: Ports,
  ending?: EndsWithJob,
): Promise<Omit<Recorded, 'more'>> => {
  const observed = records.cluster.value;
  let unused: ClusterRecords | undefined = records;
  const { more, ...recorded } = await transact<Recorded>(ports, async () => {
    const isFirst = unused !== undefined;
    const current = unused ?? (await getClusterWithJobs(observed, ports.store));
    unused = undefined;
    // A new incarnation has started since: the report does not describe it.
    if (!isLiveIncarnation(current.cluster.value, observed)) return { result: { jobs: report.recorded, more: false } };
    const now = ports.now();
    const decision = await withSnapshots(decideWrites(current, report, { observed, now }), {
      current,
      report,
      now,
      store: ports.store,
    });
    return isFirst && ending !== undefined ? withEnd(decision, ending, now) : decision;
  });
  return more ? recordJobs(await getClusterWithJobs(observed, ports.store), report, ports) : recorded;
};

const isLiveIncarnation = (cluster: Cluster, observed: Cluster) =>
  cluster.operationId === observed.operationId && hasIncarnation(cluster);

interface Writes {
  readonly change?: Change;
  readonly result: Recorded;
}

interface Decided {
  readonly current: ClusterRecords;
  readonly report: JobReport;
  readonly now: Date;
  readonly store: Store;
}

/** The writes together with the snapshots that jobs have ended with. */
const withSnapshots = async (
  { change, result }: Writes,
  { current: { cluster, jobs }, report: { savepoints }, now, store }: Decided,
): Promise<Writes> =>
  change === undefined || savepoints.size === 0
    ? { result, ...(change && { change }) }
    : {
        change: await withCompleteSnapshots(change, { cluster: cluster.value, records: jobs, savepoints, now }, store),
        result,
      };

/** The writes together with the end of the operation, if its job is among the recorded ones and there is room. */
const withEnd = (writes: Writes, { operation, succeedsWith }: EndsWithJob, now: Date): Writes => {
  const { change, result } = writes;
  const job = result.jobs.find(({ jobId }) => jobId === operation.value.jobId);
  const hasRoom = !result.more && (change?.jobs ?? []).length < maxObservedJobsPerTransaction;
  if (job === undefined || !succeedsWith(job) || !hasRoom || isTerminalOperation(operation.value)) return writes;
  const end = transitionOperation(operation, { state: 'SUCCEEDED' }, now);
  return { change: { ...change, operations: [end] }, result: { ...result, ended: end.value } };
};

const decideWrites = (
  { cluster, jobs: records }: ClusterRecords,
  report: JobReport,
  { observed, now }: { readonly observed: Cluster; readonly now: Date },
): Writes => {
  const reported = report.overview.map((job) => toJob(job, report, { cluster: observed, now }));
  const all = [...findChangedJobs(reported, records), ...findForgottenJobs(reported, records, { report, now })];
  const updates = all.slice(0, maxObservedJobsPerTransaction);
  const updated = new Set(updates.map(({ job: { jobId } }) => jobId));
  const unchanged = records
    .map(({ value }) => value)
    .filter((job) => isIncarnationJob(observed, job) && !updated.has(job.jobId));
  const more = updates.length < all.length;
  const result = { jobs: [...unchanged, ...updates.map(({ job }) => job)], more };
  // The end of the program is recorded last, because it ends the cluster.
  const observedCluster = more ? cluster.value : withProgram(cluster.value, report.program);
  const reachable = withCondition(observedCluster, flinkAnswered, now);
  if (updates.length === 0 && reachable === cluster.value) return { result };
  const changes = updates.map((update) => ({ ...update, principal: getPrincipal(update, report) }));
  const next = transitionJobs(reachable, changes, now);
  return {
    change: {
      cluster: { value: next.cluster, previous: cluster.version },
      jobs: updates.map(({ job, previous }) => ({ value: job, previous })),
      events: next.events,
    },
    result,
  };
};

/** The same cluster object is returned when nothing changes. */
const withProgram = (cluster: Cluster, program: ProgramStatus | undefined): Cluster =>
  program === undefined || isDeepStrictEqual(cluster.program, program) ? cluster : { ...cluster, program };

/** A job begins with the caller who started it. Flink changes its state afterwards, unless a command does. */
const getPrincipal = ({ job, from }: JobUpdate, { submitters, changedBy }: JobReport): Principal => {
  const { jobId } = job;
  const submitter = from === null ? submitters.get(jobId)?.principal : undefined;
  if (submitter !== undefined) return submitter;
  const isChanged = changedBy?.jobId === undefined ? job.stoppedWithCluster === true : changedBy.jobId === jobId;
  return changedBy !== undefined && isChanged ? changedBy.principal : dreyPrincipals.reconcile;
};

/** New jobs, and recorded jobs in a new state. A terminal job never changes. */
const findChangedJobs = (reported: readonly Job[], records: readonly Versioned<Job>[]): readonly JobUpdate[] => {
  const recordsById = new Map(records.map((record) => [record.value.jobId, record]));
  return reported.flatMap((job): readonly JobUpdate[] => {
    const record = recordsById.get(job.jobId);
    if (record === undefined) return [{ job, from: null, previous: undefined }];
    if (record.value.state === job.state || isTerminalJob(record.value)) return [];
    return [
      {
        job: { ...withStopMark(withoutSuspension(record.value), job), ...job },
        from: record.value.state,
        previous: record.version,
      },
    ];
  });
};

/** A job that Flink recovers has not ended, unlike its record says since its last cluster was stopped. */
const withoutSuspension = (job: Job): Job => {
  if (job.state !== 'SUSPENDED') return job;
  const {
    message: _message,
    endTime: _endTime,
    stoppedWithCluster: _mark,
    lastCheckpoint: _lastCheckpoint,
    finalCheckpoint: _finalCheckpoint,
    finalSavepoint: _finalSavepoint,
    ...rest
  } = job;
  return rest;
};

/** The mark of a stop ends with a job that is CANCELED or FAILED: the stop failed, and the job continued after it. */
const withStopMark = ({ stoppedWithCluster, ...record }: Job, { state }: Job): Job =>
  stoppedWithCluster === undefined || state === 'CANCELED' || state === 'FAILED'
    ? record
    : { ...record, stoppedWithCluster };

/** Jobs that a cluster without high availability lost when its JobManager restarted. They run no longer. */
const findForgottenJobs = (
  reported: readonly Job[],
  records: readonly Versioned<Job>[],
  { report: { recorded }, now }: { readonly report: JobReport; readonly now: Date },
): readonly JobUpdate[] => {
  const reportedIds = new Set(reported.map(({ jobId }) => jobId));
  const recordedIds = new Set(recorded.map(({ jobId }) => jobId));
  return records
    .filter(({ value }) => !isTerminalJob(value) && recordedIds.has(value.jobId) && !reportedIds.has(value.jobId))
    .map(({ value, version }) => ({
      job: {
        ...value,
        state: 'FAILED',
        message: 'The cluster lost the job when its JobManager restarted.',
        endTime: now.toISOString(),
        updatedAt: now.toISOString(),
      },
      from: value.state,
      previous: version,
    }));
};

const toJob = (
  overview: JobOverview,
  { causes, savepoints, submitters }: JobReport,
  { cluster, now }: { readonly cluster: Cluster; readonly now: Date },
): Job => {
  const { target, clusterId, operationId } = cluster;
  const message = causes.get(overview.jid);
  const savepoint = savepoints.get(overview.jid);
  const submitter = submitters.get(overview.jid);
  const applyOperationId = submitter === undefined ? undefined : findRequest(submitter, 'submit')?.applyOperationId;
  return {
    target,
    clusterId,
    clusterOperationId: operationId,
    jobId: overview.jid,
    name: overview.name,
    state: overview.state,
    startTime: new Date(overview['start-time']).toISOString(),
    ...(overview['end-time'] > 0 ? { endTime: new Date(overview['end-time']).toISOString() } : {}),
    ...(message === undefined ? {} : { message }),
    ...(savepoint === undefined ? {} : { savepoint: savepoint.location }),
    // A savepoint from before the end of the job lacks what the job did after it.
    ...(savepoint?.isFromStop === true ? { finalSavepoint: savepoint.location } : {}),
    ...(submitter?.restoredFrom === undefined ? {} : { restoredFrom: submitter.restoredFrom }),
    ...(submitter === undefined ? {} : { operationId: submitter.operationId }),
    ...(applyOperationId === undefined ? {} : { applyOperationId }),
    updatedAt: now.toISOString(),
  };
};
