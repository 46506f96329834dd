import type { Cluster } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import type { StopData } from '#events/commands/index.ts';
import { findFinalState, isTerminalJob, type Job } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { Principal } from '#events/principal.ts';
import { cancelTimers } from '#shared/clusters/lifetime/timers.ts';
import { transitionCluster, transitionJobs } from '#shared/clusters/model/cluster.ts';
import {
  endHighAvailabilityData,
  selectOwnData,
  wroteHighAvailabilityData,
} from '#shared/clusters/model/high-availability.ts';
import { withLogsResult } from '#shared/clusters/model/kept-logs.ts';
import { findApplicationVerdict, findJobsVerdict, selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { keepsFailedObjects, type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { findSnapshot, isInRollout } from '#shared/clusters/model/rollout.ts';
import { findRequest, type RequestOf } from '#shared/clusters/model/records/request.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { maxJobsPerTransaction, transact } from '#shared/clusters/store/transact.ts';

import {
  type CleanupRecords,
  type CleanupState,
  findStopData,
  getKubernetes,
  isSuccessfulDeploy,
  readRecords,
} from './cleanup.ts';

/** Step of the cleanup machine: records the end of a stop, or releases the quota of a failed deploy. */
export const recordStop = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const records = await readRecords(state, ports);
  const { value: operation } = records.operation;
  const stop = findStopData(operation);
  if (stop === undefined) await releaseFailedDeploy(operation, ports);
  else await recordClusterEnd(records, stop, ports);
  return state;
};

/** The failure of the deploy is recorded already. Now nothing of the cluster is left, so other commands may start. */
const releaseFailedDeploy = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  if (keepsFailedObjects(operation) || isSuccessfulDeploy(operation)) return;
  await transact(ports, async () => {
    const { value, version } = await getCluster(operation, ports.store);
    const isLast = value.state === 'FAILED' && value.operationId === operation.operationId;
    // Its Flink may have written data after the deploy failed.
    const ended = isLast ? withLogsResult(endHighAvailabilityData(value, ports.now()), ports.now()) : value;
    const cluster = ended === value ? {} : { cluster: { value: ended, previous: version } };
    return { change: { ...cluster, released: [operation] }, result: undefined };
  });
  await ports.admissionQueue.send(operation.target);
  await cancelTimersOfEndedCluster(operation, ports);
};

/** Records the end of the cluster and of the jobs that ended with it. */
const recordClusterEnd = async (records: CleanupRecords, stop: StopData, ports: Ports): Promise<void> => {
  const { value: operation } = records.operation;
  const { value: cluster } = records.cluster;
  const kubernetes = await getKubernetes(operation, ports);
  const [{ highAvailability }, jobs] = await Promise.all([
    kubernetes.listRemaining(cluster),
    ports.store.jobs(cluster),
  ]);
  const target = await ports.targets.get(operation.target);
  const isPurged = selectOwnData(highAvailability, cluster, target).length === 0;
  // Flink recovers the jobs of a cluster that has written high-availability data.
  const jobState = wroteHighAvailabilityData(cluster) && !isPurged ? 'SUSPENDED' : 'CANCELED';
  const result: StopResult = { stop, jobState, isPurged };
  let progress = await recordJobsAndCluster(operation, { ...result, known: { ...records, jobs } }, ports);
  while (!progress.isComplete) progress = await recordJobsAndCluster(operation, result, ports);
  if (progress.cluster === undefined) await cancelTimersOfEndedCluster(operation, ports);
  else await cancelTimers(progress.cluster, ports);
};

interface StopRecords extends CleanupRecords {
  /** The jobs were read after the cluster. A job that was recorded since has changed the version of the cluster. */
  readonly jobs: readonly Versioned<Job>[];
}

interface Progress {
  /** Whether the end of the cluster is recorded. */
  readonly isComplete: boolean;
  /** The cluster that this call ended. */
  readonly cluster?: Cluster;
}

interface StopResult {
  readonly stop: StopData;
  readonly jobState: 'SUSPENDED' | 'CANCELED';
  /** No high-availability data is left, also none of the jobs that earlier incarnations left SUSPENDED. */
  readonly isPurged: boolean;
  /** The records, if they have been read already. After a concurrent write they are read again. */
  readonly known?: StopRecords;
}

/**
 * Records the end of as many jobs as fit into one transaction, and the end of the cluster with the last of them.
 */
const recordJobsAndCluster = (
  { operationId, target, clusterId, principal }: StoredOperation,
  { stop, jobState, isPurged, known: given }: StopResult,
  ports: Ports,
): Promise<Progress> => {
  let unused = given;
  return transact<Progress>(ports, async () => {
    const {
      operation,
      cluster,
      jobs: known,
    } = unused ?? (await readStopRecords({ operationId, cluster: { target, clusterId } }, ports));
    unused = undefined;
    // The operation may have failed at its deadline: the cluster is gone all the same.
    if (cluster.value.state !== 'STOPPING' || cluster.value.stopOperationId !== operationId)
      return { result: { isComplete: true } };
    const now = ports.now();
    const live = known.filter(({ value }) => !isTerminalJob(value) && (isPurged || value.state !== 'SUSPENDED'));
    const ended = live.slice(0, maxJobsPerTransaction).map((job) => endJob(job, { state: jobState, principal, now }));
    const { cluster: withJobs, events } = transitionJobs(withLogsResult(cluster.value, now), ended, now);
    const jobs = ended.map(({ job, previous }) => ({ value: job, previous }));
    if (ended.length < live.length) {
      const change: Change = { cluster: { value: withJobs, previous: cluster.version }, jobs, events };
      return { change, result: { isComplete: false } };
    }
    const { rollout } = findRequest(operation.value, 'stop') ?? {};
    const keeps = await findKeptState(cluster.value, rollout, ports);
    const next = endCluster(withJobs, { operationId, principal, stop, rollout, keeps, known, now });
    return {
      change: {
        cluster: { value: next.cluster, previous: cluster.version },
        jobs,
        operations: isTerminalOperation(operation.value)
          ? []
          : [transitionOperation(operation, { state: 'SUCCEEDED' }, now)],
        events: [...events, ...next.events],
      },
      result: { isComplete: true, cluster: next.cluster },
    };
  });
};

const readStopRecords = async (state: CleanupState, ports: Ports): Promise<StopRecords> => {
  const records = await readRecords(state, ports);
  return { ...records, jobs: await ports.store.jobs(records.cluster.value) };
};

interface JobEnd {
  readonly state: StopResult['jobState'];
  readonly principal: Principal;
  readonly now: Date;
}

const endJob = ({ value, version }: Versioned<Job>, { state, principal, now }: JobEnd) => {
  const time = now.toISOString();
  const message = value.state === 'SUSPENDED' ? 'Its high-availability data was deleted.' : 'The cluster was stopped.';
  const job = { ...value, state, message, endTime: time, updatedAt: time };
  return { job, from: value.state, principal, previous: version };
};

interface ClusterEnd {
  readonly operationId: string;
  readonly principal: Principal;
  readonly stop: StopData;
  /** The rollout that gave the stop. */
  readonly rollout: RequestOf<'stop'>['rollout'];
  /** The state in which it keeps the cluster. */
  readonly keeps: 'UPGRADING' | 'SUSPENDED' | undefined;
  readonly known: readonly Versioned<Job>[];
  readonly now: Date;
}

/**
 * The cluster in its terminal state: an application ends as its program ended, or as its jobs when it did not. A rollout keeps
 * the cluster with its snapshot.
 */
const endCluster = (cluster: Cluster, end: ClusterEnd) => {
  const { operationId, principal, stop, known, now } = end;
  const jobs = selectIncarnationJobs(cluster, known);
  const kept = keepForRollout(cluster, jobs, end);
  if (kept !== undefined) return kept;
  const { snapshot: _snapshot, jobsFrom: _jobsFrom, ...ended } = cluster;
  const verdict =
    cluster.mode === 'application' ? (findApplicationVerdict(cluster, jobs) ?? findJobsVerdict(jobs)) : undefined;
  const cause = { at: now, operationId, principal, reason: stop.reason, message: verdict?.message };
  return transitionCluster(ended, verdict?.state ?? 'STOPPED', cause);
};

/**
 * The state of the cluster after the stop of a rollout. A rollout that has failed in the meantime starts nothing, and leaves the
 * cluster SUSPENDED. Undefined when another command has taken its place.
 */
const findKeptState = async (
  cluster: Cluster,
  rollout: ClusterEnd['rollout'],
  { store }: Ports,
): Promise<ClusterEnd['keeps']> => {
  if (rollout === undefined) return undefined;
  if (isInRollout(cluster, rollout.operationId)) return rollout.end;
  const operation = await store.operation(rollout.operationId);
  return cluster.rollout === undefined && operation?.value.state === 'FAILED' ? 'SUSPENDED' : undefined;
};

/**
 * The cluster between two incarnations of a rollout, or SUSPENDED. Undefined when another command has taken the place of the
 * rollout, or when the savepoint that the stop requires was not taken because the program had ended before.
 */
const keepForRollout = (
  cluster: Cluster,
  jobs: readonly Job[],
  { operationId, principal, stop, rollout, keeps, now }: ClusterEnd,
) => {
  if (rollout === undefined || keeps === undefined) return undefined;
  const snapshot = rollout.snapshot ?? findSnapshot(cluster, jobs, now);
  if (rollout.requiresSnapshot === true && hasLostState(cluster, jobs, snapshot)) return undefined;
  const { snapshot: _snapshot, ...rest } = cluster;
  const cause = { at: now, operationId, principal, reason: stop.reason };
  return transitionCluster({ ...rest, ...omitUndefined({ snapshot, jobsFrom: rollout.jobsFrom }) }, keeps, cause);
};

/** Whether a job has ended with the stop without a state that it could start from. @param jobs As they were before the end. */
const hasLostState = ({ mode }: Cluster, jobs: readonly Job[], snapshot: Cluster['snapshot']): boolean =>
  mode === 'application'
    ? snapshot === undefined && jobs.length > 0
    : jobs.some((job) => !isTerminalJob(job) && findFinalState(job) === undefined);

/** Leaves the timers of a later incarnation alone. Timers of the ended one then end by themselves. */
const cancelTimersOfEndedCluster = async (operation: StoredOperation, ports: Ports): Promise<void> => {
  const { value: cluster } = await getCluster(operation, ports.store);
  if (!hasIncarnation(cluster)) await cancelTimers(cluster, ports);
};
