import { createHash } from 'node:crypto';

import type { Cluster } from '#events/cluster.ts';
import type { StopData } from '#events/commands/index.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { ignoreNotFound } from '#shared/flink/rest/faults.ts';
import { flinkRest, type FlinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobOverview } from '#shared/flink/rest/jobs.ts';
import type { SavepointStatus } from '#shared/flink/rest/snapshots.ts';

import {
  type CleanupState,
  describeJob,
  done,
  isOverdue,
  isStillUp,
  joinNames,
  kubernetesOf,
  stopOf,
  waiting,
} from './cleanup.ts';

/** How long a cluster that does not answer, or whose tasks do not run, is asked for savepoints that are not required. */
const patienceMs = 5 * 60_000;

/** Stops each live job with a savepoint where the stop asks for it, and waits for them. */
export const takeSavepoints = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const { value: operation, version } = await getOperation(state.operationId, ports.store);
  const stop = stopOf(operation);
  if (stop === undefined || stop.savepoint === 'none') return done(state);
  const { jobs, reachable, overview = [] } = await observeJobs(operation, ports);
  if (reachable !== 'True') {
    if (reachable === 'Unknown' && (await isWaitedFor(operation, stop, ports))) {
      await recordPhase({ value: operation, version }, 'waiting for Flink to answer, for the savepoints', ports);
      return waiting(state);
    }
    const isRequired = stop.savepoint === 'required' && (await hasBeenUp(operation, ports));
    return isRequired ? savepointFailed(state, 'Flink does not answer') : done(state);
  }
  const rest = flinkRest((await kubernetesOf(operation, ports)).flink(operation.clusterId));
  const live = jobs.filter((job) => !isTerminalJob(job));
  await recordAsked(live, ports);
  const isPatient = hasTime(operation, stop, (await getCluster(operation, ports.store)).value, ports);
  const results = await savepointsOf(live, { rest, overview, operation, isPatient });
  await recordSavepoints(live, results, ports);
  const isRequired = stop.savepoint === 'required';
  const failed = causesIn(live, results);
  const taken = live.filter((_, index) => results[index]?.status === 'in-progress');
  // What is being taken ends its job in any case: it is waited for, so that all that ended is told.
  if (failed.length > 0 && isRequired && (taken.length === 0 || isOverdue(operation, ports)))
    return savepointFailed(
      state,
      [joinNames(failed, '; '), ...(taken.length === 0 ? [] : [noneInTime(taken)])].join('; '),
      taken,
    );
  // A job whose savepoint is complete ends by itself, and the next look sees it.
  if (failed.length === live.length) return done(state);
  if (isOverdue(operation, ports)) {
    return isRequired ? savepointFailed(state, noneInTime(taken), taken) : done(state);
  }
  const phase = results.some(({ status }) => status === 'unasked')
    ? 'waiting for the tasks of all jobs to run, for the savepoints'
    : `savepoints still being taken: ${taken.length}`;
  await recordPhase({ value: operation, version }, phase, ports);
  return waiting(state);
};

type Result = SavepointStatus | { readonly status: 'unasked' };

interface Saving {
  readonly rest: FlinkRest;
  readonly overview: readonly JobOverview[];
  readonly operation: StoredOperation;
  /** Whether there is time to wait for tasks that do not run. */
  readonly isPatient: boolean;
}

/**
 * How far the savepoint of each job is, which ends it. None is asked for before the tasks of all jobs run, so that a
 * required stop does not end some of them and fail for the others.
 */
const savepointsOf = async (
  jobs: readonly Job[],
  { rest, overview, operation, isPatient }: Saving,
): Promise<readonly Result[]> => {
  const begun = await Promise.all(jobs.map((job) => begunOf(job, rest, operation)));
  const unasked = new Set(jobs.flatMap(({ jobId }, index) => (begun[index] === undefined ? [jobId] : [])));
  const unready = await yetToRun(unasked, overview, rest);
  const isRequired = stopOf(operation)?.savepoint === 'required';
  const isHeld =
    (unready.size > 0 && (isPatient || isRequired)) ||
    (isRequired && begun.some((result) => result?.status === 'failed'));
  return Promise.all(
    jobs.map(async (job, index) => {
      const result = begun[index];
      if (result !== undefined) return result;
      if (unready.has(job.jobId) && !isPatient) return { status: 'failed', cause: 'not all of its tasks run' };
      return isHeld ? { status: 'unasked' } : stopWithSavepoint(job, rest, operation);
    }),
  );
};

/** The jobs of which Flink would refuse a savepoint now, and may take one later. */
const yetToRun = async (
  jobIds: ReadonlySet<string>,
  overview: readonly JobOverview[],
  rest: FlinkRest,
): Promise<ReadonlySet<string>> => {
  const jobs = overview.filter(({ jid }) => jobIds.has(jid));
  const found = await Promise.all(jobs.map(async (job) => ((await rest.isWaitingForTasks(job)) ? [job.jid] : [])));
  return new Set(found.flat());
};

const causesIn = (jobs: readonly Job[], results: readonly Result[]): readonly string[] =>
  jobs.flatMap((job, index) => {
    const result = results[index];
    return result?.status === 'failed' ? [`${describeJob(job)}: ${result.cause}`] : [];
  });

const noneInTime = (jobs: readonly Job[]): string =>
  jobs.length === 0
    ? 'no savepoint by the deadline'
    : `no savepoint by the deadline of ${joinNames(jobs.map(describeJob))}: each ends when its own is complete`;

/**
 * One unanswered request is no reason to take a cluster down without its savepoints. What may still run is waited for
 * until the deadline, or for a while where the savepoints are wanted, but not required.
 */
const isWaitedFor = async (operation: StoredOperation, stop: StopData, ports: Ports): Promise<boolean> => {
  const { value: cluster } = await getCluster(operation, ports.store);
  if (!hasTime(operation, stop, cluster, ports)) return false;
  try {
    return await isStillUp(cluster, ports);
  } catch (error) {
    // Nobody knows, then, that there is nothing to save.
    if (!(error instanceof Fault)) throw error;
    return true;
  }
};

/** Until the deadline, or, where savepoints are not required, for a while since Flink began to answer, or ceased to. */
const hasTime = (operation: StoredOperation, { savepoint }: StopData, cluster: Cluster, ports: Ports): boolean => {
  const { createdAt } = operation;
  const answers = cluster.conditions.find(({ type }) => type === 'Reachable')?.since ?? createdAt;
  const since = answers > createdAt ? answers : createdAt;
  const isTooLong = ports.now().getTime() - Date.parse(since) > patienceMs;
  return !isOverdue(operation, ports) && (savepoint === 'required' || !isTooLong);
};

/** Of what never was, there is nothing to save. */
const hasBeenUp = async (operation: StoredOperation, { store }: Ports): Promise<boolean> => {
  const { value: cluster } = await getCluster(operation, store);
  return (await getOperation(cluster.operationId, store)).value.state === 'SUCCEEDED';
};

/** Before they are asked: whoever sees them end, and when, they were stopped with their cluster. */
const recordAsked = async (jobs: readonly Job[], ports: Ports) => {
  for (const job of jobs.filter(({ stoppedWithCluster }) => stoppedWithCluster === undefined))
    await updateJob(job, ports, (known) => (isTerminalJob(known) ? undefined : { ...known, stoppedWithCluster: true }));
};

/** Keeps where savepoints are: from there the jobs can be started again. */
const recordSavepoints = async (jobs: readonly Job[], results: readonly Result[], ports: Ports) => {
  for (const [index, result] of results.entries()) {
    const job = jobs[index];
    if (job === undefined || result.status !== 'completed' || job.finalSavepoint === result.location) continue;
    const { location } = result;
    await updateJob(job, ports, (known) => ({ ...known, savepoint: location, finalSavepoint: location }));
  }
};

const updateJob = (job: Job, ports: Ports, decide: (known: Job) => Job | undefined): Promise<void> =>
  transact(ports, async () => {
    const known = await ports.store.job(job, job.jobId);
    const value = known === undefined ? undefined : decide(known.value);
    return value === undefined
      ? { result: undefined }
      : { change: { jobs: [{ value, previous: known?.version }] }, result: undefined };
  });

/** How far the savepoint of a job is; undefined where Flink was not asked for it, or has forgotten it. */
const begunOf = ({ jobId }: Job, rest: FlinkRest, operation: StoredOperation) =>
  orFailed(ignoreNotFound(rest.getSavepoint(jobId, triggerOf(operation, jobId))));

/** Asks for the job's stop with a savepoint, and how far it is. Asking again under the same trigger id starts nothing new. */
const stopWithSavepoint = ({ jobId }: Job, rest: FlinkRest, operation: StoredOperation): Promise<SavepointStatus> => {
  const triggerId = triggerOf(operation, jobId);
  const directory = stopOf(operation)?.savepointDirectory;
  const ask = async () => {
    await rest.stopWithSavepoint(jobId, { triggerId, ...(directory === undefined ? {} : { directory }) });
    return rest.getSavepoint(jobId, triggerId);
  };
  return orFailed(ask());
};

const orFailed = async <T>(answer: Promise<T>): Promise<T | Extract<SavepointStatus, { status: 'failed' }>> => {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof Fault) || toProblem(error).retryable) throw error;
    return { status: 'failed', cause: error.message };
  }
};

const triggerOf = ({ operationId }: StoredOperation, jobId: string): string =>
  createHash('sha256').update(`${operationId}/${jobId}`).digest('hex').slice(0, 32);

const savepointFailed = ({ operationId }: CleanupState, message: string, taken: readonly Job[] = []): CleanupState => ({
  operationId,
  outcome: 'failed',
  reason: 'savepoint-failed',
  message,
  ...(taken.length === 0 ? {} : { taken: taken.map(({ jobId }) => jobId) }),
});
