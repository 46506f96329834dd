import pMap from 'p-map';

import type { RestoreJobs } from '#events/programs/program.ts';
import { findFinalState, type Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { RestoredJob } from '#events/records/operation.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { findProgram } from './program.ts';
import { findSourceDeploy, maxConcurrency, readSubmits } from './restore-source.ts';
import {
  isRunningJob,
  matchesJob,
  newRestoreFault,
  newStillRunningFault,
  readStoppedCluster,
} from './stopped-cluster.ts';

/** A session with more jobs has to submit them one by one. */
const maxRestoredJobs = 50;

type ReadPorts = Pick<Ports, 'store' | 'jars' | 'payloads'>;

/** A job that a session may restore. */
type Candidate = Pick<RestoredJob, 'name' | 'savepoint' | 'formerJobId'> & {
  /** The id under which the previous incarnation was to restore the job, but did not. It is always tried again. */
  readonly missedJobId?: string;
  /** The operation that started the former job. Undefined for a job that Drey did not start. */
  readonly operationId?: string | undefined;
};

/**
 * The jobs that a session restores: the jobs that the source incarnation was stopped with, and the jobs that this
 * incarnation was to restore but did not. A savepoint that a submit to the same incarnation has started from is not used
 * again.
 *
 * @param deployId The deploy of the source incarnation. Left out, it is that of the last one with jobs.
 * @throws Fault `not-found` when there is no job to restore, or when one of them cannot be restored.
 * @throws Fault `not-ready` while the cluster is STOPPING or restores jobs itself.
 * @throws Fault `wrong-state` when a job still runs, `over-limit` for more than 50 jobs.
 */
export const findJobsToRestore = async (
  restore: RestoreJobs | undefined,
  to: ClusterRef,
  { newId, ...ports }: ReadPorts & Pick<Ports, 'newId'>,
  deployId?: string,
): Promise<readonly RestoredJob[]> => {
  if (restore === undefined) return [];
  const { deploy, jobs } = await readSource(restore, { target: to.target, deployId }, ports.store);
  const candidates = await listCandidates(
    { deploy, jobs, isSameId: restore.fromCluster === to.clusterId },
    ports.store,
  );
  const selected = await selectCandidates(candidates, { jobs, nameOrId: restore.job }, ports.store);
  assertJobsFound(selected, candidates, restore);
  assertCount(selected, restore);
  await assertRestorable(selected, { restore, target: to.target }, ports);
  return selected.map(({ missedJobId: _missedJobId, operationId: _operationId, ...job }) => ({
    jobId: newId(),
    ...job,
  }));
};

/**
 * Checks, while a session runs, that another incarnation can start its jobs again.
 *
 * @throws Fault `not-found` with the reason of each job that cannot be restored, `over-limit` for more than 50 jobs.
 */
export const assertCanRestart = async (
  jobs: readonly Job[],
  { target, clusterId }: ClusterRef,
  ports: ReadPorts,
): Promise<void> => {
  // Their savepoints are taken later.
  const restore = { fromCluster: clusterId, allowEmptyState: true };
  const candidates = jobs.map(toCandidate);
  assertCount(candidates, restore);
  await assertRestorable(candidates, { restore, target }, ports);
};

interface RestoreSource {
  /** The deploy of the source incarnation. Undefined when the cluster never had a job. */
  readonly deploy: StoredOperation | undefined;
  /** The jobs of the source incarnation. */
  readonly jobs: readonly Job[];
}

/** @throws Fault `not-found`, `not-ready`, `wrong-state` */
const readSource = async (
  { fromCluster: clusterId, job, allowEmptyState = false }: RestoreJobs,
  { target, deployId }: { readonly target: string; readonly deployId: string | undefined },
  store: Store,
): Promise<RestoreSource> => {
  const { cluster, jobs: allJobs } = await readStoppedCluster({ target, clusterId }, store);
  if (cluster === undefined && !allowEmptyState)
    throw newRestoreFault('not-found', `Target ${target} has no cluster ${clusterId}, and never had one.`);
  const deploy =
    deployId === undefined ? await findSourceDeploy(cluster, allJobs, store) : (await store.operation(deployId))?.value;
  const jobs = allJobs.filter(({ clusterOperationId }) => clusterOperationId === deploy?.operationId);
  const running = jobs.find((candidate) => isRunningJob(candidate, cluster) && matchesJob(candidate, job));
  if (running !== undefined) throw newStillRunningFault(running);
  return { deploy, jobs };
};

const listCandidates = async (
  { deploy, jobs, isSameId }: RestoreSource & { readonly isSameId: boolean },
  store: Store,
): Promise<readonly Candidate[]> => [
  ...(await listMissedJobs(deploy, jobs, store)),
  ...jobs.filter((job) => wasStopped(job, { isSameId })).map(toCandidate),
];

/** The jobs that the source incarnation was to restore but did not. Jobs with a canceled submit are left out. */
const listMissedJobs = async (
  deploy: StoredOperation | undefined,
  jobs: readonly Job[],
  store: Store,
): Promise<readonly Candidate[]> => {
  const missing = (deploy?.restoredJobs ?? []).filter(({ jobId }) => !jobs.some((job) => job.jobId === jobId));
  const submits = await readSubmits(missing, store);
  return missing
    .filter((_, index) => submits[index]?.state !== 'CANCELED')
    .map(({ jobId, ...job }) => ({ ...job, missedJobId: jobId }));
};

/** High availability restores the SUSPENDED jobs of the same id itself. */
const wasStopped = (job: Job, { isSameId }: { readonly isSameId: boolean }): boolean =>
  job.stoppedWithCluster === true &&
  (findFinalState(job) !== undefined || job.state === 'CANCELED' || job.state === 'SUSPENDED') &&
  !(isSameId && job.state === 'SUSPENDED');

const toCandidate = (job: Job): Candidate => ({
  formerJobId: job.jobId,
  name: job.name,
  operationId: job.operationId,
  ...omitUndefined({ savepoint: findFinalState(job) }),
});

/** The candidates that the caller means, without those whose savepoint a submit has started from. */
const selectCandidates = async (
  candidates: readonly Candidate[],
  { jobs, nameOrId }: { readonly jobs: readonly Job[]; readonly nameOrId: string | undefined },
  store: Store,
): Promise<readonly Candidate[]> => {
  const matching = candidates.filter(
    ({ name, formerJobId, missedJobId }) =>
      matchesJob({ name, jobId: formerJobId }, nameOrId) || missedJobId === nameOrId?.toLowerCase(),
  );
  const usedSavepoints = matching.length === 0 ? new Set() : await readUsedSavepoints(jobs, store);
  return matching.filter(({ savepoint }) => savepoint === undefined || !usedSavepoints.has(savepoint));
};

/** The savepoints that the submits of these jobs started from. */
const readUsedSavepoints = async (jobs: readonly Job[], store: Store): Promise<ReadonlySet<unknown>> => {
  const submitIds = jobs.flatMap(({ operationId }) => operationId ?? []);
  const readPath = async (id: string) => (await store.operation(id))?.value.restoredFrom;
  return new Set(await pMap(submitIds, readPath, { concurrency: maxConcurrency }));
};

/** @throws Fault `not-found` when there is no job to restore. */
const assertJobsFound = (
  selected: readonly Candidate[],
  candidates: readonly Candidate[],
  { fromCluster, job, allowEmptyState = false }: RestoreJobs,
): void => {
  if (selected.length > 0 || allowEmptyState) return;
  const names = [...new Set(candidates.map(({ name }) => name))].join(', ');
  throw newRestoreFault(
    'not-found',
    job !== undefined && names !== ''
      ? `Cluster ${fromCluster} was not stopped with a job ${job}. It was stopped with ${names}.`
      : `The last stop of cluster ${fromCluster} took no savepoints of its jobs. Set allowEmptyState to start the session without jobs.`,
  );
};

/** @throws Fault `over-limit` */
const assertCount = ({ length }: readonly Candidate[], { fromCluster }: RestoreJobs): void => {
  if (length <= maxRestoredJobs) return;
  throw newRestoreFault(
    'over-limit',
    `Cluster ${fromCluster} has ${length} jobs. A session restores at most ${maxRestoredJobs}.`,
  );
};

interface RestorableOptions {
  readonly restore: RestoreJobs;
  readonly target: string;
}

/** @throws Fault `not-found` with the reason of each job that cannot be restored. */
const assertRestorable = async (
  selected: readonly Candidate[],
  options: RestorableOptions,
  ports: ReadPorts,
): Promise<void> => {
  const obstacles = await pMap(selected, (candidate) => findObstacle(candidate, options, ports), {
    concurrency: maxConcurrency,
  });
  const reasons = obstacles.filter((obstacle) => obstacle !== undefined);
  if (reasons.length === 0) return;
  const { fromCluster } = options.restore;
  throw newRestoreFault('not-found', `Cluster ${fromCluster} cannot be restored. ${reasons.join(' ')}`);
};

/** Why a job cannot be restored, as sentences for people. */
const findObstacle = async (
  { formerJobId, name, savepoint, missedJobId, operationId }: Candidate,
  { restore: { allowEmptyState = false }, target }: RestorableOptions,
  { store, jars, payloads }: ReadPorts,
): Promise<string | undefined> => {
  const explain = (reason: string) =>
    `Job ${formerJobId} (${name}) ${reason}${savepoint === undefined ? '' : ` Its savepoint is ${savepoint}.`}`;
  if (savepoint === undefined && !allowEmptyState)
    return explain('has no savepoint because it failed. Set allowEmptyState to start it without state.');
  if (missedJobId !== undefined) return undefined;
  const former = operationId === undefined ? undefined : (await store.operation(operationId))?.value;
  if (former?.kind === 'deploy') return explain('ran in an application cluster. Deploy an application to restore it.');
  const program = findProgram(former);
  if (program === undefined) return explain('was not submitted through Drey, so its jar is unknown.');
  if (program.jar !== undefined && (await jars.inspect(program.jar, target)) === undefined)
    return explain(`cannot start without its jar: ${program.jar} is no longer stored.`);
  if ((await payloads.read(operationId ?? '')) === undefined)
    return explain('cannot start without its arguments and options, which are no longer stored.');
  return undefined;
};
