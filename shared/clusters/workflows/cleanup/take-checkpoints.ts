import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { type FlinkRest, flinkRest } from '#shared/flink/rest/flink-rest.ts';
import { findStartedAgain, jobLostState, toStartTime } from '#shared/clusters/workflows/lost-state.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import { statisticsAgeMs } from '#shared/flink/rest/last-checkpoints.ts';

import {
  type CleanupState,
  getKubernetes,
  isCleanupOverdue,
  isStillDeployed,
  toDone,
  toIdentity,
  toWaiting,
} from './cleanup.ts';
import { findLastState, type LastState, toStart } from './last-checkpoint.ts';
import { describeJob, joinNames } from './messages.ts';
import { updateJob } from './update-job.ts';

/** How long a stop waits for the answer of a cluster whose last checkpoints nothing else tells. */
const maxWaitMs = 5 * 60_000;

interface Stop {
  readonly state: CleanupState;
  readonly operation: Versioned<StoredOperation>;
  readonly cluster: Cluster;
}

/**
 * Finds out whether each live job has a last checkpoint, before anything ends. With high availability, its data keeps them, so
 * that the jobs end with their pods. Without, the jobs are canceled, because only Flink knows their last checkpoints: these
 * remain, which is a condition of such a rollout.
 */
export const takeCheckpoints = async (
  state: CleanupState,
  operation: Versioned<StoredOperation>,
  ports: Ports,
): Promise<CleanupState> => {
  const { jobs, reachable, overview = [] } = await observeJobs(operation.value, ports, { changedBy: operation.value });
  const { value: cluster } = await getCluster(operation.value, ports.store);
  const stop = { state, operation, cluster };
  if (reachable !== 'True') return waitForFlink(stop, jobs, ports);
  const rest = flinkRest((await getKubernetes(operation.value, ports)).flink(cluster.clusterId));
  try {
    return cluster.highAvailabilityDirectory === undefined
      ? await cancelJobs(stop, { jobs, rest, overview }, ports)
      : await findCheckpoints(stop, { jobs, rest }, ports);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return waitForFlink(stop, jobs, ports);
  }
};

/**
 * Without Flink's answer, the data of high availability tells the last checkpoints. Of canceled jobs there is what Flink has told
 * before their end, which may lack a later checkpoint, so that its answer is waited for.
 */
const waitForFlink = async (
  { state, operation, cluster }: Stop,
  jobs: readonly Job[],
  ports: Ports,
): Promise<CleanupState> => {
  const { isCanceled = false } = state;
  const obstacle = await findWithoutFlink(cluster, { jobs, isCanceled }, ports);
  const isTooLong = ports.now().getTime() - Date.parse(operation.value.createdAt) > maxWaitMs;
  if (obstacle === undefined || (isTooLong && isCanceled)) {
    await forgetCheckpoints(cluster, jobs, ports);
    return toDone(state);
  }
  if (isTooLong) return toFailed(state, `Flink's REST API does not answer. ${obstacle}`);
  await recordPhase(operation, "Waiting for Flink's REST API to answer, to find the last checkpoints.", ports);
  return { ...toWaiting(state), isCanceled };
};

/** Finds the last checkpoints, unless the Deployment is gone already. @returns Why they are not known. */
const findWithoutFlink = async (
  cluster: Cluster,
  { jobs, isCanceled }: { readonly jobs: readonly Job[]; readonly isCanceled: boolean },
  ports: Ports,
): Promise<string | undefined> => {
  try {
    if (!(await isStillDeployed(cluster, ports))) return undefined;
    if (isCanceled) return 'The jobs are canceled.';
    const live = jobs.filter((job) => !isTerminalJob(job));
    if (jobs.length === 0) return 'No job of the cluster is known.';
    if (cluster.highAvailabilityDirectory === undefined && live.length > 0)
      return 'The cluster has no high availability, which would tell the last checkpoints of its jobs.';
    const states = await readStates(live, await newStoredReader(cluster, ports));
    const unknown = live.filter(({ jobId }) => !states.has(jobId));
    if (unknown.length > 0)
      return `High-availability data does not tell the last checkpoints of ${joinNames(unknown.map(describeJob))}.`;
    await markJobs(live, states, ports);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
};

type Reader = (job: Job) => Promise<LastState | undefined>;

/** Reads the data of high availability. What an earlier stop has found is too old. */
const newStoredReader = async (cluster: Cluster, ports: Ports): Promise<Reader> => {
  const kubernetes = ports.kubernetes(await ports.targets.get(cluster.target));
  return ({ lastCheckpoint: _known, ...job }) => findLastState(job, { cluster, kubernetes, store: ports.store });
};

/** Asks Flink. A job that has not started yet continues from what the other reader finds. */
const newReader =
  (rest: FlinkRest, readStart: Reader): Reader =>
  async (job) => {
    const found = await rest.getLastCheckpoint(job.jobId);
    if (found === undefined) return readStart(job);
    const { path, checkpoint } = found;
    return path === undefined ? undefined : { path, ...omitUndefined({ checkpoint }) };
  };

const readStates = async (jobs: readonly Job[], read: Reader): Promise<ReadonlyMap<string, LastState>> => {
  const found = await Promise.all(jobs.map(async (job) => [job.jobId, await read(job)] as const));
  return new Map(found.flatMap(([jobId, state]) => (state === undefined ? [] : [[jobId, state] as const])));
};

/** The snapshot that a job was started from. */
const readStart: Reader = async (job) => toStart(job);

interface Answer {
  readonly jobs: readonly Job[];
  readonly rest: FlinkRest;
}

const findCheckpoints = async (
  { state, cluster }: Stop,
  { jobs, rest }: Answer,
  ports: Ports,
): Promise<CleanupState> => {
  const live = jobs.filter((job) => !isTerminalJob(job));
  const states = await readStates(live, newReader(rest, await newStoredReader(cluster, ports)));
  const missing = describeMissing(live, states);
  if (missing !== undefined) return toFailed(state, missing);
  await markJobs(live, states, ports);
  return toDone(state);
};

/** Cancels the jobs, and reads their last checkpoints after their end. */
const cancelJobs = async (
  { state, operation, cluster }: Stop,
  { jobs, rest, overview }: Answer & { readonly overview: readonly JobOverview[] },
  ports: Ports,
): Promise<CleanupState> => {
  const lost = findLost(jobs, overview);
  if (lost.length > 0) return toLost(state, lost, cluster);
  const live = jobs.filter((job) => !isTerminalJob(job));
  if (live.length === 0 || isCleanupOverdue(operation.value, ports)) {
    const ended = await readEndedJobs(jobs, rest, ports);
    const lostSince = findLost(jobs, await rest.listJobs());
    if (lostSince.length > 0) return toLost(state, lostSince, cluster);
    await markJobs(
      jobs.filter(({ jobId }) => ended.has(jobId)),
      ended,
      ports,
    );
    return toDone(state);
  }
  const states = await readStates(live, newReader(rest, readStart));
  // Some jobs may have ended already.
  const obstacle = state.isCanceled === true ? undefined : await findCancelObstacle(live, states, rest);
  if (obstacle !== undefined) return toFailed(state, obstacle);
  // Only the program of an application can start a job again.
  await markJobs(live, cluster.mode === 'application' ? withStartTimes(states, overview) : states, ports);
  for (const { jobId } of live.filter((job) => job.state !== 'CANCELLING'))
    try {
      await rest.cancelJob(jobId);
    } catch (error) {
      if (!(error instanceof Fault)) throw error; // The next attempt cancels it, if Flink still has it.
    }
  await recordPhase(operation, `Waiting for the end of ${live.length} canceled jobs.`, ports);
  return { ...toWaiting(state), isCanceled: true };
};

/** The jobs that Flink has started again since it was asked to cancel them. What it reports about them now is no last state. */
const findLost = (jobs: readonly Job[], overview: readonly JobOverview[]): readonly Job[] => {
  const startTimes = new Map(jobs.map(({ jobId, lastCheckpoint }) => [jobId, lastCheckpoint?.jobStartTime]));
  const lost = findStartedAgain(overview, (jobId) => startTimes.get(jobId));
  return jobs.filter(({ jobId }) => lost.has(jobId));
};

const toLost = (state: CleanupState, jobs: readonly Job[], { checkpointDirectory }: Cluster): CleanupState => {
  const where = checkpointDirectory ?? 'the checkpoint directory of the job';
  const message = `The JobManager restarted when the jobs were canceled, and Flink started ${joinNames(jobs.map(describeJob))} from the beginning. Checkpoints that Flink has retained are in ${where}: apply with the newest one as job.restore.path.`;
  return { ...toFailed(state, message), problemReason: jobLostState };
};

const withStartTimes = (
  states: ReadonlyMap<string, LastState>,
  overview: readonly JobOverview[],
): ReadonlyMap<string, LastState> =>
  new Map(
    overview.flatMap((job) => {
      const state = states.get(job.jid);
      return state === undefined ? [] : [[job.jid, { ...state, jobStartTime: toStartTime(job) }] as const];
    }),
  );

/** Why jobs cannot be canceled without the loss of their state. */
const findCancelObstacle = async (
  live: readonly Job[],
  states: ReadonlyMap<string, LastState>,
  rest: FlinkRest,
): Promise<string | undefined> => {
  const retained = await Promise.all(live.map(({ jobId }) => rest.retainsCheckpoints(jobId)));
  const deleting = live.filter((_, index) => retained[index] !== true);
  return deleting.length > 0 ? describeDeletion(deleting) : describeMissing(live, states);
};

/** The last checkpoints of jobs that have ended. The answer of Flink may be from before their end, so that it is waited for. */
const readEndedJobs = async (
  jobs: readonly Job[],
  rest: FlinkRest,
  ports: Ports,
): Promise<ReadonlyMap<string, LastState>> => {
  const ended = jobs.filter((job) => job.lastCheckpoint !== undefined && ['CANCELED', 'FAILED'].includes(job.state));
  if (ended.length === 0) return new Map();
  await ports.sleep(2 * statisticsAgeMs);
  return readStates(ended, newReader(rest, readStart));
};

/** Marks the jobs before they end, so that every observation of their end finds the mark. */
const markJobs = async (jobs: readonly Job[], states: ReadonlyMap<string, LastState>, ports: Ports): Promise<void> => {
  for (const job of jobs) {
    const lastCheckpoint = states.get(job.jobId);
    await updateJob(job, ports, async ({ lastCheckpoint: _known, ...known }) => ({
      job: { ...known, stoppedWithCluster: true, ...omitUndefined({ lastCheckpoint }) },
    }));
  }
};

/**
 * Without high availability, what Flink has told before the end of a job is not its last checkpoint if it does not answer after it:
 * the cancellation may not have reached it, and a later checkpoint may have replaced that one.
 */
const forgetCheckpoints = async (cluster: Cluster, jobs: readonly Job[], ports: Ports): Promise<void> => {
  if (cluster.highAvailabilityDirectory !== undefined) return;
  const told = jobs.filter((job) => job.lastCheckpoint !== undefined);
  await markJobs(told, new Map(), ports);
};

const describeMissing = (live: readonly Job[], states: ReadonlyMap<string, LastState>): string | undefined => {
  const missing = live.filter(({ jobId }) => !states.has(jobId));
  return missing.length === 0
    ? undefined
    : `There is no checkpoint with a path of ${joinNames(missing.map(describeJob))}, so no last state. Set execution.checkpointing.interval and execution.checkpointing.dir, or state to savepoint.`;
};

const describeDeletion = (jobs: readonly Job[]): string =>
  `Flink deletes the checkpoints of ${joinNames(jobs.map(describeJob))} when they end. Set high-availability.type, or execution.checkpointing.externalized-checkpoint-retention to RETAIN_ON_CANCELLATION, also where the program sets it.`;

const toFailed = (state: CleanupState, message: string): CleanupState => ({
  ...toIdentity(state),
  outcome: 'failed',
  reason: 'savepoint-failed',
  message,
});
