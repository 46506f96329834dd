import { createHash } from 'node:crypto';

import type { StopData } from '#events/commands/index.ts';
import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import { codeOf, Fault, toProblem } from '#events/problem.ts';
import {
  type FlinkRest,
  flinkRest,
  type JobOverview,
  type SavepointStatus,
  unlessUnknown,
} from '#shared/flink/rest.ts';

import { type StepError, toFault } from '#shared/clusters/model/step-error.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { cancelTimers } from '#shared/clusters/lifetime/enforce-lifetime.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit, maxJobsPerTransaction, transact } from '#shared/clusters/store/transact.ts';
import { advanceOperation, keepsFailedObjects, requestsInFlightUntil } from '#shared/clusters/model/operation.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { applicationVerdict, jobsOfIncarnation } from '#shared/clusters/model/job.ts';
import { transitionCluster, transitionJobs } from '#shared/clusters/model/cluster.ts';

/** What the cleanup machine carries from step to step. Its operation is a stop, or a deploy that failed. */
export interface CleanupState {
  readonly operationId: string;
  readonly attempt?: number;
  readonly outcome?: 'done' | 'waiting' | 'failed';
  readonly waitSeconds?: number;
  readonly reason?: string;
  readonly message?: string;
  /** Jobs whose savepoints are still being taken behind its deadline: they end with them. */
  readonly taken?: readonly string[];
}

/** Pods end gracefully, and finalizers take their time. */
const removalMs = 30 * 60_000;
/** How long a cluster that does not answer, or whose tasks do not run, is asked for savepoints that are not required. */
const patienceMs = 5 * 60_000;
/** What a message says of so many jobs fits everywhere that it goes. */
const mostNamed = 20;
const mostUnmarked = 80;
const shortestWaitSeconds = 1;
const longestWaitSeconds = 15;

/** Stops each live job with a savepoint where the stop asks for it, and waits for them. */
export const takeSavepoints = async (state: CleanupState, ports: Ports, signal: AbortSignal): Promise<CleanupState> => {
  const { value: operation, version } = await getOperation(state.operationId, ports.store);
  const stop = stopOf(operation);
  if (stop === undefined || stop.savepoint === 'none') return done(state);
  const { jobs, reachable, overview = [] } = await observeJobs(operation, ports, signal);
  if (reachable !== 'True') {
    if (reachable === 'Unknown' && (await isWaitedFor(operation, stop, ports, signal))) {
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
  const results = await savepointsOf(live, { rest, overview, operation, isPatient }, signal);
  await recordSavepoints(live, results, ports);
  const isRequired = stop.savepoint === 'required';
  const failed = causesIn(live, results);
  const taken = live.filter((_, index) => results[index]?.status === 'in-progress');
  // What is being taken ends its job in any case: it is waited for, so that all that ended is told.
  if (failed.length > 0 && isRequired && (taken.length === 0 || isOverdue(operation, ports)))
    return savepointFailed(
      state,
      [listed(failed, '; '), ...(taken.length === 0 ? [] : [noneInTime(taken)])].join('; '),
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
  signal: AbortSignal,
): Promise<readonly Result[]> => {
  const begun = await Promise.all(jobs.map((job) => begunOf(job, rest, operation, signal)));
  const unasked = new Set(jobs.flatMap(({ jobId }, index) => (begun[index] === undefined ? [jobId] : [])));
  const unready = await yetToRun(unasked, overview, rest, signal);
  const isRequired = stopOf(operation)?.savepoint === 'required';
  const isHeld =
    (unready.size > 0 && (isPatient || isRequired)) ||
    (isRequired && begun.some((result) => result?.status === 'failed'));
  return Promise.all(
    jobs.map(async (job, index) => {
      const result = begun[index];
      if (result !== undefined) return result;
      if (unready.has(job.jobId) && !isPatient) return { status: 'failed', cause: 'not all of its tasks run' };
      return isHeld ? { status: 'unasked' } : stopWithSavepoint(job, rest, operation, signal);
    }),
  );
};

/** The jobs of which Flink would refuse a savepoint now, and may take one later. */
const yetToRun = async (
  jobIds: ReadonlySet<string>,
  overview: readonly JobOverview[],
  rest: FlinkRest,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  const jobs = overview.filter(({ jid }) => jobIds.has(jid));
  const found = await Promise.all(jobs.map(async (job) => ((await rest.isYetToRun(job, signal)) ? [job.jid] : [])));
  return new Set(found.flat());
};

const causesIn = (jobs: readonly Job[], results: readonly Result[]): readonly string[] =>
  jobs.flatMap((job, index) => {
    const result = results[index];
    return result?.status === 'failed' ? [`${nameOf(job)}: ${result.cause}`] : [];
  });

const nameOf = ({ name, jobId }: Job) => `job ${name} (${jobId})`;

const noneInTime = (jobs: readonly Job[]): string =>
  jobs.length === 0
    ? 'no savepoint by the deadline'
    : `no savepoint by the deadline of ${listed(jobs.map(nameOf))}: each ends when its own is complete`;

const listed = (names: readonly string[], separator = ', '): string => {
  const more = names.length > mostNamed ? [`and ${names.length - mostNamed} more (drey describe)`] : [];
  return [...names.slice(0, mostNamed), ...more].join(separator);
};

/**
 * One unanswered request is no reason to take a cluster down without its savepoints. What may still run is waited for
 * until the deadline, or for a while where the savepoints are wanted, but not required.
 */
const isWaitedFor = async (
  operation: StoredOperation,
  stop: StopData,
  ports: Ports,
  signal: AbortSignal,
): Promise<boolean> => {
  const { value: cluster } = await getCluster(operation, ports.store);
  if (!hasTime(operation, stop, cluster, ports)) return false;
  try {
    return await isStillUp(cluster, ports, signal);
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

/** Deletes the Deployment that the cluster's deploy created, and nobody else's. */
export const remove = async (state: CleanupState, ports: Ports, signal: AbortSignal): Promise<CleanupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  if (keepsFailedObjects(operation) || isUp(operation)) return { operationId: state.operationId };
  const kubernetes = await kubernetesOf(operation, ports);
  const deployment = await ownDeployment(operation, kubernetes, ports, signal);
  if (deployment === undefined || deployment === 'foreign') return { operationId: state.operationId };
  if (await isEndedApplication(operation, ports)) await shutDown(operation, kubernetes, signal);
  await kubernetes.remove(operation.clusterId, deployment.uid, signal);
  return { operationId: state.operationId };
};

const isEndedApplication = async (operation: StoredOperation, { store }: Ports) => {
  const { value: cluster } = await getCluster(operation, store);
  return (
    cluster.mode === 'application' &&
    applicationVerdict(jobsOfIncarnation(cluster, await store.jobs(cluster))) !== undefined
  );
};

/** Flink removes what high availability keeps in its storage. What does not answer any more is deleted all the same. */
const shutDown = async ({ clusterId }: StoredOperation, kubernetes: Kubernetes, signal: AbortSignal) => {
  try {
    await flinkRest(kubernetes.flink(clusterId)).shutDown(signal);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
};

/** The Deployment of the cluster that this cleanup is about, or that somebody else's has its name now. */
const ownDeployment = async (operation: StoredOperation, kubernetes: Kubernetes, ports: Ports, signal: AbortSignal) => {
  const { deployment } = await kubernetes.observe(operation.clusterId, signal);
  if (deployment === undefined) return undefined;
  const creator =
    stopOf(operation) === undefined
      ? operation.operationId
      : (await getCluster(operation, ports.store)).value.operationId;
  return deployment.operationId === creator ? deployment : 'foreign';
};

/** Looks whether everything is gone, and whether nothing can come any more. */
export const verify = async (state: CleanupState, ports: Ports, signal: AbortSignal): Promise<CleanupState> => {
  const operation = await getOperation(state.operationId, ports.store);
  if (keepsFailedObjects(operation.value) || isUp(operation.value)) return done(state);
  const { clusterId } = operation.value;
  const kubernetes = await kubernetesOf(operation.value, ports);
  const deployment = await ownDeployment(operation.value, kubernetes, ports, signal);
  // What belongs to a later cluster of the same id is not waited for.
  if (deployment === 'foreign') return done(state);
  // Its deploy was still creating it when it was removed.
  if (deployment?.deleting === false) await kubernetes.remove(clusterId, deployment.uid, signal);
  const { owned, highAvailability } = await kubernetes.remaining(clusterId, signal);
  if (owned.length === 0 && mayStillCome(operation.value, ports)) return waiting(state);
  if (owned.length === 0) {
    if (highAvailability.length > 0 && (await isPurging(operation.value, ports))) {
      await kubernetes.removeConfigMaps(
        highAvailability.map(({ name }) => name),
        signal,
      );
    }
    return done(state);
  }
  const names = owned.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  if (isOverdue(operation.value, ports))
    return { ...state, outcome: 'failed', reason: 'deadline-exceeded', message: `still there: ${names}` };
  if (stopOf(operation.value) !== undefined)
    await recordPhase(operation, `waiting until these are gone: ${names}`, ports);
  return waiting(state);
};

/**
 * A function that began to create the objects before its deploy was ended may go on for as long as a function may, and
 * the API server with its last request. Nothing is recorded as gone before that is over.
 */
const mayStillCome = ({ plan, updatedAt }: StoredOperation, { now }: Ports): boolean => {
  const settled = plan !== undefined && 'stop' in plan ? plan.settled : requestsInFlightUntil(new Date(updatedAt));
  return settled !== undefined && now().toISOString() < settled;
};

/** A stop says so; an application that has ended, or did not come up, has nothing to recover. */
const isPurging = async (operation: StoredOperation, ports: Ports) => {
  const stop = stopOf(operation);
  if (stop?.ha === 'purge' || (await isEndedApplication(operation, ports))) return true;
  return stop === undefined && (await getCluster(operation, ports.store)).value.mode === 'application';
};

/** Records the end of a stop: the cluster's, and that of the jobs that went with it. A failed deploy is recorded already. */
export const recordStopped = async (state: CleanupState, ports: Ports, signal: AbortSignal): Promise<CleanupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  const stop = stopOf(operation);
  if (stop === undefined) {
    if (keepsFailedObjects(operation) || isUp(operation)) return state;
    await commit({ released: [operation] }, ports);
    await ports.admissionQueue.ask(operation.target);
    await dropTimers(operation, ports);
    return state;
  }
  const { highAvailability } = await (await kubernetesOf(operation, ports)).remaining(operation.clusterId, signal);
  const fate = highAvailability.length > 0 ? ('SUSPENDED' as const) : ('CANCELED' as const);
  const record = () =>
    transact(ports, async () => {
      const current = await getOperation(state.operationId, ports.store);
      const cluster = await getCluster(operation, ports.store);
      // Also when the stop itself was given up at its deadline: the cluster is gone.
      if (cluster.value.state !== 'STOPPING' || cluster.value.stopOperationId !== state.operationId)
        return { result: 'recorded' };
      const now = ports.now();
      const known = await ports.store.jobs(operation);
      const verdict =
        cluster.value.mode === 'application' ? applicationVerdict(jobsOfIncarnation(cluster.value, known)) : undefined;
      const live = known.filter(({ value }) => !isTerminalJob(value) && value.state !== 'SUSPENDED');
      const ended = live.slice(0, maxJobsPerTransaction).map(({ value, version }) => ({
        from: value.state,
        job: {
          ...value,
          state: fate,
          message: 'its cluster was stopped',
          endTime: now.toISOString(),
          updatedAt: now.toISOString(),
        },
        previous: version,
      }));
      const jobs = ended.map(({ job, previous }) => ({ value: job, previous }));
      const withEnded = transitionJobs(cluster.value, ended, now);
      if (ended.length < live.length) {
        return {
          change: {
            cluster: { value: withEnded.cluster, previous: cluster.version },
            jobs,
            transitions: withEnded.transitions,
          },
          result: 'more',
        };
      }
      const next = transitionCluster(withEnded.cluster, verdict?.state ?? 'STOPPED', {
        at: now,
        operationId: state.operationId,
        reason: stop.reason,
        message: verdict?.message,
      });
      return {
        change: {
          cluster: { value: next.cluster, previous: cluster.version },
          jobs,
          operations: isTerminalOperation(current.value)
            ? []
            : [advanceOperation(current, { state: 'SUCCEEDED' }, now)],
          transitions: [...withEnded.transitions, ...next.transitions],
        },
        result: 'recorded',
      };
    });
  while ((await record()) === 'more');
  await dropTimers(operation, ports);
  return state;
};

/** Unless the id has begun another life: then its record speaks of other schedules, and these end by themselves. */
const dropTimers = async (operation: StoredOperation, ports: Ports) => {
  const { value: cluster } = await getCluster(operation, ports.store);
  if (isTerminalCluster(cluster)) await cancelTimers(cluster, ports);
};

/** Records that a stop did not end well. Where nothing was removed (its savepoint failed) the cluster runs on. */
export const recordUnfinished = (
  state: CleanupState & { readonly error?: StepError },
  ports: Ports,
  signal: AbortSignal,
): Promise<CleanupState> =>
  transact<CleanupState>(ports, async () => {
    const operation = await getOperation(state.operationId, ports.store);
    const cluster = await getCluster(operation.value, ports.store);
    // Nobody waits for the cleanup of a failed deploy: the failed execution and its alarm tell of what is left.
    if (stopOf(operation.value) === undefined) throw toFault(state.error);
    if (isTerminalOperation(operation.value)) return { result: state };
    const now = ports.now();
    const code = codeOf(state.reason ?? '');
    const message = `${state.message ?? 'stop it again'}${code === 'savepoint-failed' ? await whatEnded(operation.value, cluster.value, ports) : ''}`;
    const fault = code === undefined ? toFault(state.error) : new Fault(code, message);
    const survives =
      fault.code === 'savepoint-failed' &&
      cluster.value.state === 'STOPPING' &&
      (await isStillUp(cluster.value, ports, signal));
    const next = survives
      ? transitionCluster(cluster.value, 'RUNNING', {
          at: now,
          operationId: state.operationId,
          reason: 'SavepointFailed',
          message: fault.message,
        })
      : undefined;
    return {
      change: {
        ...(next === undefined
          ? {}
          : {
              cluster: { value: next.cluster, previous: cluster.version },
              transitions: next.transitions,
              jobs: await withoutMark(next.cluster, state, ports),
            }),
        operations: [
          advanceOperation(
            operation,
            { state: 'FAILED', problem: toProblem(fault, `/v1/operations/${state.operationId}`) },
            now,
          ),
        ],
      },
      result: state,
    };
  });

/** Jobs that run on are no longer being stopped with their cluster. As many as a transaction holds beside the rest. */
const withoutMark = async (cluster: Cluster, { taken = [] }: CleanupState, { store }: Ports) =>
  (await store.jobs(cluster))
    .filter(({ value }) => value.clusterOperationId === cluster.operationId && !isTerminalJob(value))
    .filter(({ value }) => value.stoppedWithCluster === true && value.finalSavepoint === undefined)
    .filter(({ value }) => !taken.includes(value.jobId))
    .slice(0, mostUnmarked)
    .map(({ value: { stoppedWithCluster: _mark, ...value }, version }) => ({ value, previous: version }));

/** Which jobs a stop has ended that failed for others, and what to do about it. */
const whatEnded = async (operation: StoredOperation, cluster: Cluster, { store }: Ports): Promise<string> => {
  const ended = (await store.jobs(operation))
    .map(({ value }) => value)
    .filter(({ clusterOperationId }) => clusterOperationId === cluster.operationId)
    // By our own clock: `updatedAt` of what has ended is when that was seen.
    .filter((job) => job.finalSavepoint !== undefined && (!isTerminalJob(job) || job.updatedAt >= operation.createdAt));
  if (ended.length === 0) return '';
  const named = listed(ended.map((job) => `${nameOf(job)} at ${job.finalSavepoint ?? ''}`));
  return (
    `. These ended, each with its savepoint: ${named}. ` +
    `Submit them again with restore: {fromCluster: ${cluster.clusterId}, job}, or with -s and the path`
  );
};

/** Whether the cluster is the one that was RUNNING before the stop. */
const isStillUp = async (cluster: Cluster, ports: Ports, signal: AbortSignal): Promise<boolean> => {
  const { value: deploy } = await getOperation(cluster.operationId, ports.store);
  const { deployment } = await (await kubernetesOf(deploy, ports)).observe(cluster.clusterId, signal);
  return deploy.state === 'SUCCEEDED' && deployment?.deleting === false && deployment.uid === cluster.uid;
};

/** How far the savepoint of a job is; undefined where Flink was not asked for it, or has forgotten it. */
const begunOf = ({ jobId }: Job, rest: FlinkRest, operation: StoredOperation, signal: AbortSignal) =>
  orFailed(unlessUnknown(rest.savepoint(jobId, triggerOf(operation, jobId), signal)));

/** Asks for the job's stop with a savepoint, and how far it is. Asking again under the same trigger id starts nothing new. */
const stopWithSavepoint = (
  { jobId }: Job,
  rest: FlinkRest,
  operation: StoredOperation,
  signal: AbortSignal,
): Promise<SavepointStatus> => {
  const triggerId = triggerOf(operation, jobId);
  const directory = stopOf(operation)?.savepointDirectory;
  const ask = async () => {
    await rest.stopWithSavepoint(jobId, { triggerId, ...(directory === undefined ? {} : { directory }) }, signal);
    return rest.savepoint(jobId, triggerId, signal);
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

const done = ({ operationId }: CleanupState): CleanupState => ({ operationId, outcome: 'done' });
const waiting = ({ operationId, attempt = 0 }: CleanupState): CleanupState => ({
  operationId,
  outcome: 'waiting',
  attempt: attempt + 1,
  waitSeconds: Math.min(shortestWaitSeconds + Math.floor(attempt / 4), longestWaitSeconds),
});
const savepointFailed = ({ operationId }: CleanupState, message: string, taken: readonly Job[] = []): CleanupState => ({
  operationId,
  outcome: 'failed',
  reason: 'savepoint-failed',
  message,
  ...(taken.length === 0 ? {} : { taken: taken.map(({ jobId }) => jobId) }),
});

/** A deploy that came up after all, whoever had given it up: there is nothing to remove. */
const isUp = (operation: StoredOperation) => stopOf(operation) === undefined && operation.state === 'SUCCEEDED';

const stopOf = ({ plan }: StoredOperation) => (plan !== undefined && 'stop' in plan ? plan.stop : undefined);
/** A deploy that failed, perhaps at its deadline, has as long from there on to be removed. */
const isOverdue = (operation: StoredOperation, { now }: Ports) =>
  stopOf(operation) === undefined
    ? now().getTime() > Date.parse(operation.updatedAt) + removalMs
    : now().toISOString() > operation.deadline;
const kubernetesOf = async ({ target }: StoredOperation, ports: Ports): Promise<Kubernetes> =>
  ports.kubernetes(await ports.targets.get(target));
