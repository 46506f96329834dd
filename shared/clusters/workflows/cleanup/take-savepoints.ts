import type { Cluster } from '#events/records/cluster.ts';
import type { StopData } from '#events/commands/index.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { Fault } from '#events/problems/problem.ts';
import { connectTarget } from '#shared/clusters/jobs/connect-target.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import {
  completeRecord,
  newSnapshot,
  type SnapshotResult,
  toSnapshotResult,
  toStopSnapshotId,
} from '#shared/clusters/model/snapshot.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { findStartedAgain, hasLostState, jobLostState, toStartTime } from '#shared/clusters/workflows/lost-state.ts';
import { type FlinkRest, flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';

import {
  type CleanupState,
  endsWithCheckpoints,
  findStopData,
  getKubernetes,
  isCleanupOverdue,
  isStillDeployed,
  requiresSnapshot,
  toDone,
  toIdentity,
  toWaiting,
} from './cleanup.ts';
import { describeJob, joinNames, toSentence } from './messages.ts';
import { cancelJobs, waitForPurge } from './purge.ts';
import { findTakenSavepoints, type JobSavepoint, requestSavepoints } from './request-savepoints.ts';
import { takeCheckpoints } from './take-checkpoints.ts';
import { updateJob } from './update-job.ts';

/**
 * How long a stop waits for a cluster that does not answer, or whose tasks do not run: for required savepoints, and for those
 * without which it can go on.
 */
const [maxRequiredWaitMs, maxBestEffortWaitMs] = [30 * 60_000, 5 * 60_000];

/** Step of the cleanup machine: stops each live job with a savepoint, or cancels it, as the stop asks for, and waits for them. */
export const takeSavepoints = async (given: CleanupState, ports: Ports): Promise<CleanupState> => {
  const operation = await getOperation(given.operationId, ports.store);
  const { target, clusterId } = operation.value;
  const state = { ...given, cluster: { target, clusterId } };
  const [next] = await Promise.all([endJobs(state, operation, ports), connectTarget(target, ports)]);
  if (next.outcome !== 'failed' || !requiresSnapshot(operation.value)) return next;
  const { value: cluster } = await getCluster(state.cluster, ports.store);
  // Nothing runs on if a person has deleted the Deployment. The last state is then in the data of high availability.
  const isGone = cluster.mode === 'application' && !(await isStillDeployed(cluster, ports));
  return isGone ? toDone(state) : next;
};

const endJobs = async (
  state: CleanupState,
  operation: Versioned<StoredOperation>,
  ports: Ports,
): Promise<CleanupState> => {
  const stop = findStopData(operation.value);
  if (stop === undefined) return toDone(state);
  if (endsWithCheckpoints(operation.value)) return takeCheckpoints(state, operation, ports);
  if (stop.savepoint === 'none') return cancelJobs(state, operation, ports);
  if (state.purgingSince !== undefined) return waitForPurge(state, operation, ports);
  const {
    jobs,
    reachable,
    overview = [],
  } = await observeJobs(operation.value, ports, {
    changedBy: operation.value,
  });
  if (reachable !== 'True') return waitForFlink(state, { operation, stop, reachable }, ports);
  const rest = flinkRest((await getKubernetes(operation.value, ports)).flink(operation.value.clusterId));
  const live = jobs.filter((job) => !isTerminalJob(job));
  const { value: cluster } = await getCluster(operation.value, ports.store);
  const source = { cluster, operation: operation.value };
  const recorded = await markStoppedWithCluster(live, { ...source, overview }, ports);
  // A job that has started again after its savepoint was recorded ends with the pods.
  const started = findStartedAgain(overview, (jobId) => recorded.get(jobId)?.jobStartTime);
  const unsaved = live.filter(({ jobId }) => recorded.get(jobId)?.path === undefined || !started.has(jobId));
  const requested = await requestSavepoints(unsaved, {
    rest,
    overview,
    operation: operation.value,
    mayWait: hasTimeLeft({ operation: operation.value, stop, cluster }, ports),
    hasLostState: async (job) => started.has(job.jid) && hasLostState(job, rest, ports),
  });
  const taken = await findTakenSavepoints(jobs.filter(lacksSavepoint), { rest, operation: operation.value });
  await recordSavepoints([...requested, ...taken], { ...source, rest }, ports);
  const savepoints = [...requested, ...taken.filter(({ result }) => result.status === 'in-progress')];
  const isOverdue = isCleanupOverdue(operation.value, ports);
  const next = assessSavepoints(state, savepoints, { isRequired: stop.savepoint === 'required', isOverdue });
  if (next.outcome === 'done') return waitForPurge(state, operation, ports);
  if (next.outcome === 'waiting') await recordPhase(operation, describeProgress(savepoints), ports);
  return next;
};

/** Whether a job that was to be stopped with a savepoint ended without one, as far as it is recorded. */
const lacksSavepoint = ({ state, stoppedWithCluster, finalSavepoint }: Job): boolean =>
  state === 'FINISHED' && stoppedWithCluster === true && finalSavepoint === undefined;

interface Unanswered {
  readonly operation: Versioned<StoredOperation>;
  readonly stop: StopData;
  readonly reachable: 'False' | 'Unknown';
}

/** Waits for Flink's answer while its cluster may still run, because one failed request must not cost the savepoints. */
const waitForFlink = async (
  state: CleanupState,
  { operation, stop, reachable }: Unanswered,
  ports: Ports,
): Promise<CleanupState> => {
  if (reachable === 'Unknown' && (await mayAnswerLater(operation.value, stop, ports))) {
    await recordPhase(operation, "Waiting for Flink's REST API to answer, to take savepoints.", ports);
    return toWaiting(state);
  }
  const isRequired = stop.savepoint === 'required' && (await hasBeenRunning(operation.value, ports));
  return isRequired ? toFailed(state, "Flink's REST API does not answer, so no savepoint was taken.") : toDone(state);
};

const mayAnswerLater = async (operation: StoredOperation, stop: StopData, ports: Ports): Promise<boolean> => {
  const { value: cluster } = await getCluster(operation, ports.store);
  if (!hasTimeLeft({ operation, stop, cluster }, ports)) return false;
  try {
    return await isStillDeployed(cluster, ports);
  } catch (error) {
    // Without an answer of the API server, jobs with state may still run.
    if (!(error instanceof Fault)) throw error;
    return true;
  }
};

/** Whether the stop may wait on: until its deadline, and for some minutes from when the condition `Reachable` changed last. */
const hasTimeLeft = (
  {
    operation,
    stop: { savepoint },
    cluster,
  }: { readonly operation: StoredOperation; readonly stop: StopData; readonly cluster: Cluster },
  ports: Ports,
): boolean => {
  const { createdAt } = operation;
  const reachableSince = cluster.conditions.find(({ type }) => type === 'Reachable')?.since ?? createdAt;
  const since = reachableSince > createdAt ? reachableSince : createdAt;
  const needsSavepoints = savepoint === 'required' && findRequest(operation, 'stop')?.rollout?.hasFallback !== true;
  const maxWaitMs = needsSavepoints ? maxRequiredWaitMs : maxBestEffortWaitMs;
  return !isCleanupOverdue(operation, ports) && ports.now().getTime() - Date.parse(since) <= maxWaitMs;
};

/** Whether the cluster was ever RUNNING. Without that there is no state to save. */
const hasBeenRunning = async (operation: StoredOperation, { store }: Ports): Promise<boolean> => {
  const { value: cluster } = await getCluster(operation, store);
  return (await getOperation(cluster.operationId, store)).value.state === 'SUCCEEDED';
};

interface Circumstances {
  readonly isRequired: boolean;
  readonly isOverdue: boolean;
}

/**
 * What follows from the savepoints. A savepoint in progress ends its job in any case, so a failed stop waits for it
 * until the deadline and can then name all jobs that ended.
 */
const assessSavepoints = (
  state: CleanupState,
  savepoints: readonly JobSavepoint[],
  { isRequired, isOverdue }: Circumstances,
): CleanupState => {
  const failures = savepoints.flatMap(({ job, result }) =>
    result.status === 'failed' ? [`${describeJob(job)}: ${result.cause}`] : [],
  );
  const inProgress = findInProgress(savepoints);
  if (failures.length > 0 && isRequired && (inProgress.length === 0 || isOverdue)) {
    const failed = toSentence(`These savepoints failed: ${joinNames(failures, '; ')}`);
    const message = inProgress.length === 0 ? failed : `${failed} ${describeLate(inProgress)}`;
    const isLost = savepoints.some(({ result }) => 'hasLostState' in result);
    return { ...toFailed(state, message, inProgress), ...(isLost && { problemReason: jobLostState }) };
  }
  if (failures.length === savepoints.length) return toDone(state);
  if (!isOverdue) return toWaiting(state);
  return isRequired ? toFailed(state, describeLate(inProgress), inProgress) : toDone(state);
};

const findInProgress = (savepoints: readonly JobSavepoint[]): readonly Job[] =>
  savepoints.filter(({ result }) => result.status === 'in-progress').map(({ job }) => job);

const describeLate = (inProgress: readonly Job[]): string =>
  inProgress.length === 0
    ? 'Not all savepoints were complete at the deadline.'
    : `The deadline passed before these savepoints were complete: ${joinNames(inProgress.map(describeJob))}. ` +
      'Each job ends when its savepoint is complete.';

const describeProgress = (savepoints: readonly JobSavepoint[]): string =>
  savepoints.some(({ result }) => result.status === 'not-requested')
    ? 'Waiting for the tasks of all jobs to run, to take savepoints.'
    : `Taking savepoints: ${findInProgress(savepoints).length} in progress.`;

const toFailed = (state: CleanupState, message: string, inProgress: readonly Job[] = []): CleanupState => ({
  ...toIdentity(state),
  outcome: 'failed',
  reason: 'savepoint-failed',
  message,
  ...(inProgress.length === 0 ? {} : { jobsInProgress: inProgress.map(({ jobId }) => jobId) }),
});

/** The stop that takes the savepoints. */
interface SavepointSource {
  readonly cluster: Cluster;
  readonly operation: StoredOperation;
}

/**
 * Marks the jobs before Flink is asked to stop them, so that every observation of their end finds the mark, and the record
 * of the savepoint.
 *
 * @returns The records of the savepoints, by job ID. Those of a session have no start times.
 */
const markStoppedWithCluster = async (
  jobs: readonly Job[],
  { overview, ...source }: SavepointSource & { readonly overview: readonly JobOverview[] },
  ports: Ports,
): Promise<ReadonlyMap<string, StoredSnapshot>> => {
  // Only the program of an application can start a job again.
  const isApplication = source.cluster.mode === 'application';
  const startTimes = new Map(isApplication ? overview.map((job) => [job.jid, toStartTime(job)]) : []);
  const records = new Map<string, StoredSnapshot>();
  for (const job of jobs.filter(({ stoppedWithCluster }) => isApplication || stoppedWithCluster === undefined))
    await updateJob(job, ports, async (known) => {
      const id = toStopSnapshotId(source.operation.operationId, job.jobId);
      const recorded = isApplication ? await ports.store.snapshot(known, id) : undefined;
      const jobStartTime = startTimes.get(job.jobId);
      const snapshot = recorded?.value ?? newSnapshot({ ...source, job, jobStartTime });
      records.set(job.jobId, snapshot);
      const isMarked = known.stoppedWithCluster === true && (!isApplication || recorded !== undefined);
      return isTerminalJob(known) || isMarked
        ? undefined
        : {
            job: { ...known, stoppedWithCluster: true },
            snapshot: { value: snapshot, previous: recorded?.version },
          };
    });
  return records;
};

/** Records complete savepoints, from which the jobs can be restored. */
const recordSavepoints = async (
  savepoints: readonly JobSavepoint[],
  { rest, ...source }: SavepointSource & { readonly rest: FlinkRest },
  ports: Ports,
): Promise<void> => {
  for (const { job, result } of savepoints) {
    if (result.status !== 'completed' || job.finalSavepoint === result.location) continue;
    const { location } = result;
    const details = await readDetails(job.jobId, location, rest);
    await updateJob(job, ports, async (known) => {
      const id = toStopSnapshotId(source.operation.operationId, job.jobId);
      // A stop that failed before may have marked the job of a session, so that this one has no record yet.
      const recorded = (await ports.store.snapshot(job, id)) ?? {
        value: newSnapshot({ ...source, job }),
        version: undefined,
      };
      return {
        job: { ...known, savepoint: location, finalSavepoint: location },
        snapshot: completeRecord(recorded, { ...details, path: location }, ports.now()),
      };
    });
  }
};

/** Size and duration of a savepoint. They are for information, so that a stop does not wait for them. */
const readDetails = async (jobId: string, location: string, rest: FlinkRest): Promise<SnapshotResult> => {
  try {
    const latest = await rest.getLatestSavepoint(jobId);
    return latest !== undefined && latest.location === location ? toSnapshotResult(latest) : {};
  } catch (error) {
    if (error instanceof Fault) return {};
    throw error;
  }
};
