import type { SubmitData } from '#events/commands/index.ts';
import type { Restore, RestoreJobs } from '#events/commands/program.ts';
import { type Cluster, isEnded, isOver, type Job, type RestoredJob } from '#events/model.ts';
import type { Place } from '#events/names.ts';
import { Fault, type ProblemCode } from '#events/problem.ts';

import type { Ports, Store, StoredOperation } from './ports.ts';

/**
 * The savepoint that a program starts from which names a cluster: the one that its job of the last life was ended with.
 * Undefined where the program names none, or a path. One that was only taken on the way is not it: what the job did
 * since is not in there.
 *
 * @throws Fault `not-found` when there is none, `malformed-request` when it is not clear which job is meant, `not-ready`
 *   while the cluster is being stopped, `wrong-state` when the job still runs.
 */
export const savepointFor = async (
  restore: Restore | undefined,
  target: string,
  store: Store,
  pointer = '/restore',
): Promise<string | undefined> => {
  if (restore?.fromCluster === undefined) return undefined;
  const { fromCluster: clusterId, job, orNothing = false } = restore;
  const { cluster, jobs } = await lastLifeOf({ target, clusterId }, store);
  const meant = jobs.filter((one) => isMeant(one, job));
  // A job that was started anew is that one: what the one before it was ended with is behind it.
  const last = [...new Map(meant.map((one) => [one.name, one])).values()];
  const saved = last.filter(({ finalSavepoint }) => finalSavepoint !== undefined);
  if (saved.length > 1) {
    const names = saved.map(({ name }) => name).join(', ');
    const detail = `${clusterId} has savepoints of several jobs: name one of ${names} with job`;
    throw new Fault('malformed-request', `${pointer}/job: ${detail}`, {
      errors: [{ pointer: `${pointer}/job`, detail }],
    });
  }
  const found = saved[0]?.finalSavepoint;
  if (found !== undefined) return found;
  const running = last.find((one) => isRunning(one, cluster));
  if (running !== undefined) throw stillRuns(running, pointer);
  if (orNothing) return undefined;
  throw refusal('not-found', `no job${job === undefined ? '' : ` ${job}`} of ${was({ target, clusterId })}`, pointer);
};

/** More than these are restored one by one. */
const mostRestored = 50;

/**
 * The jobs that a session starts again: those that its last life was stopped with, and those which that life should
 * have started again itself and did not get to. Whatever has been restored from the same savepoint by a submit since
 * is not started twice.
 *
 * @throws Fault `not-found` when there is none, or for one that cannot be started again, `not-ready` while the cluster
 *   is being stopped, `wrong-state` when a job still runs, `over-limit` for too many.
 */
export const jobsToRestore = async (
  restore: RestoreJobs | undefined,
  target: string,
  { store, jars, newId }: Pick<Ports, 'store' | 'jars' | 'newId'>,
): Promise<readonly RestoredJob[]> => {
  if (restore === undefined) return [];
  const { fromCluster: clusterId, job, orNothing = false } = restore;
  const place = { target, clusterId };
  const { cluster, jobs } = await lastLifeOf(place, store);
  const running = jobs.find((one) => isRunning(one, cluster) && isMeant(one, job));
  if (running !== undefined) throw stillRuns(running);

  const [deploy, ...submits] = await Promise.all(
    [jobs[0]?.clusterOperationId ?? '', ...jobs.map(({ jobId }) => jobId)].map((id) => store.operation(id)),
  );
  const resumed = new Set(submits.map((submit) => programOf(submit?.value)?.restore?.path));
  const saved = jobs.flatMap(({ jobId, name, finalSavepoint, stoppedWithCluster = false }) =>
    stoppedWithCluster && finalSavepoint !== undefined ? [{ jobId, name, savepoint: finalSavepoint }] : [],
  );
  const owed = await notStarted(deploy?.value.restores ?? [], jobs, store);
  const wanted = [...owed, ...saved].filter((one) => !resumed.has(one.savepoint) && isMeant(one, job));
  if (wanted.length === 0 && !orNothing)
    throw refusal('not-found', `no job${job === undefined ? '' : ` ${job}`} with which ${was(place)}`);
  if (wanted.length > mostRestored)
    throw refusal(
      'over-limit',
      `${clusterId} was stopped with ${wanted.length} jobs: at most ${mostRestored} are restored at once`,
    );

  const found = await Promise.all(
    wanted.map(async ({ jobId: formerJobId, name, savepoint }) => ({
      trouble: await troubleWith(formerJobId, target, { store, jars }),
      restored: { jobId: newId(), name, savepoint, formerJobId },
    })),
  );
  const lost = found.flatMap(({ trouble, restored }) =>
    trouble === undefined
      ? []
      : [`job ${restored.formerJobId} (${restored.name}) ${trouble}; its savepoint is ${restored.savepoint}`],
  );
  if (lost.length > 0) throw refusal('not-found', `of ${clusterId} cannot be started again: ${lost.join('; ')}`);
  return found.map(({ restored }) => restored);
};

/** Of jobs that a life of a session should have started again: those that never were, unless somebody took them back. */
const notStarted = async (restores: readonly RestoredJob[], jobs: readonly Job[], store: Store) => {
  const missing = restores.filter(({ jobId }) => !jobs.some((job) => job.jobId === jobId));
  const submits = await Promise.all(missing.map(({ jobId }) => store.operation(jobId)));
  return missing
    .filter((_, index) => submits[index]?.value.state !== 'CANCELED')
    .map(({ formerJobId, name, savepoint }) => ({ jobId: formerJobId, name, savepoint }));
};

/** Why the program of a job cannot be started again. */
const troubleWith = async (jobId: string, target: string, { store, jars }: Pick<Ports, 'store' | 'jars'>) => {
  const program = programOf((await store.operation(jobId))?.value);
  if (program === undefined) return 'was not submitted through Drey, so its jar is not known';
  if ((await jars.inspect(program.jar, target)) === undefined)
    return `has lost its jar: ${program.jar} is no longer kept`;
  return undefined;
};

/** What a submit was told to start. */
export const programOf = (operation: StoredOperation | undefined): SubmitData | undefined =>
  operation?.plan !== undefined && 'submit' in operation.plan ? operation.plan.submit : undefined;

/** @throws Fault `not-ready` while it is being stopped. */
const lastLifeOf = async (place: Place, store: Store) => {
  const { target, clusterId } = place;
  const cluster = (await store.cluster(place))?.value;
  if (cluster?.state === 'STOPPING')
    throw new Fault('not-ready', `cluster ${clusterId} in target ${target} is STOPPING: wait until it is STOPPED`, {
      operationId: cluster.stopOperationId,
      retryAfterSeconds: 5,
    });
  const jobs = (await store.jobs(place)).map(({ value }) => value).toSorted(byStart);
  // Older lives are no longer what the cluster was: to start from them would go back behind what ran since.
  const last = jobs.at(-1)?.clusterOperationId;
  return { cluster, jobs: jobs.filter(({ clusterOperationId }) => clusterOperationId === last) };
};

const isRunning = (job: Job, cluster: Cluster | undefined): boolean =>
  cluster !== undefined && !isOver(cluster) && cluster.operationId === job.clusterOperationId && !isEnded(job);

const stillRuns = ({ jobId, name, clusterId, target }: Job, pointer?: string) =>
  refusal(
    'wrong-state',
    `job ${jobId} (${name}) of ${clusterId} in target ${target} still runs: stop it with a savepoint first`,
    pointer,
  );

const was = ({ target, clusterId }: Place) =>
  `the last life of ${clusterId} in target ${target} was stopped with a savepoint`;

const refusal = (code: ProblemCode, detail: string, pointer = '/restore') =>
  new Fault(code, detail, { errors: [{ pointer: `${pointer}/fromCluster`, detail }] });

const byStart = (one: Job, other: Job) => one.startTime.localeCompare(other.startTime);

const isMeant = ({ name, jobId }: Pick<Job, 'name' | 'jobId'>, job: string | undefined) =>
  job === undefined || name === job || jobId === job.toLowerCase();

/** The program with the savepoint that was found for it; as it is, where it names a path. */
export const restoring = <T extends { readonly restore?: Restore | undefined }>(
  program: T,
  savepoint: string | undefined,
): T => {
  if (program.restore?.fromCluster === undefined) return program;
  const { restore, ...rest } = program;
  const found = savepoint === undefined ? {} : { restore: { path: savepoint, ...howRestored(restore) } };
  // All members but the one that is optional are there, and that one has its own type.
  return { ...rest, ...found } as unknown as T;
};

/** What is said of any savepoint that a program starts from. */
export const howRestored = ({
  allowNonRestoredState,
  claimMode,
}: Pick<Restore, 'allowNonRestoredState' | 'claimMode'>) => ({
  allowNonRestoredState,
  claimMode,
});
