import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import type { SubmitData } from '#events/commands/index.ts';
import type { Restore } from '#events/commands/program.ts';
import { isTerminalJob, type Job } from '#events/job.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import type { ProblemCode } from '#events/problem-table.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/**
 * The savepoint that a program starts from which names a cluster: the one that its job of the last life was ended with.
 * Undefined where the program names none, or a path. One that was only taken on the way is not it: what the job did
 * since is not in there.
 *
 * @throws Fault `not-found` when there is none, `malformed-request` when it is not clear which job is meant, `not-ready`
 *   while the cluster is being stopped, `wrong-state` when the job still runs.
 */
export const resolveSavepoint = async (
  restore: Restore | undefined,
  target: string,
  store: Store,
  pointer = '/restore',
): Promise<string | undefined> => {
  if (restore?.fromCluster === undefined) return undefined;
  const { fromCluster: clusterId, job, allowEmptyState = false } = restore;
  const { cluster, jobs } = await readStopped({ target, clusterId }, store);
  const meant = ofLastLife(jobs).filter((one) => isMeant(one, job));
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
  if (allowEmptyState) return undefined;
  throw refusal(
    'not-found',
    `no job${job === undefined ? '' : ` ${job}`} of the last life of ${clusterId} in target ${target} was stopped with a savepoint`,
    pointer,
  );
};

/** What a submit was told to start. */
export const programOf = (operation: StoredOperation | undefined): SubmitData | undefined =>
  operation === undefined ? undefined : requestOf(operation, 'submit')?.data;

/**
 * A cluster that is restored from, and all jobs that it ever had, in the order of their starts.
 *
 * @throws Fault `not-ready` while it is being stopped.
 */
export const readStopped = async (clusterRef: ClusterRef, store: Store) => {
  const { target, clusterId } = clusterRef;
  const cluster = (await store.cluster(clusterRef))?.value;
  if (cluster?.state === 'STOPPING')
    throw new Fault('not-ready', `cluster ${clusterId} in target ${target} is STOPPING: wait until it is STOPPED`, {
      operationId: cluster.stopOperationId,
      retryAfterSeconds: 5,
    });
  return { cluster, jobs: (await store.jobs(clusterRef)).map(({ value }) => value).toSorted(byStart) };
};

/** Older lives are no longer what the cluster was: to start from them would go back behind what ran since. */
const ofLastLife = (jobs: readonly Job[]): readonly Job[] => {
  const last = jobs.at(-1)?.clusterOperationId;
  return jobs.filter(({ clusterOperationId }) => clusterOperationId === last);
};

export const isRunning = (job: Job, cluster: Cluster | undefined): boolean =>
  cluster !== undefined &&
  !isTerminalCluster(cluster) &&
  cluster.operationId === job.clusterOperationId &&
  !isTerminalJob(job);

export const stillRuns = ({ jobId, name, clusterId, target }: Job, pointer?: string) =>
  refusal(
    'wrong-state',
    `job ${jobId} (${name}) of ${clusterId} in target ${target} still runs: stop it with a savepoint first`,
    pointer,
  );

export const refusal = (code: ProblemCode, detail: string, pointer = '/restore') =>
  new Fault(code, detail, { errors: [{ pointer: `${pointer}/fromCluster`, detail }] });

const byStart = (one: Job, other: Job) => one.startTime.localeCompare(other.startTime);

export const isMeant = ({ name, jobId }: Pick<Job, 'name' | 'jobId'>, job: string | undefined) =>
  job === undefined || name === job || jobId === job.toLowerCase();

/** The program with the savepoint that was found for it; as it is, where it names a path. */
export const withSavepoint = <T extends { readonly restore?: Restore | undefined }>(
  program: T,
  savepoint: string | undefined,
): T => {
  if (program.restore?.fromCluster === undefined) return program;
  const { restore, ...rest } = program;
  const found = savepoint === undefined ? {} : { restore: { path: savepoint, ...restoreOptionsOf(restore) } };
  // All members but the one that is optional are there, and that one has its own type.
  return { ...rest, ...found } as unknown as T;
};

/** What is said of any savepoint that a program starts from. */
export const restoreOptionsOf = ({
  allowNonRestoredState,
  claimMode,
}: Pick<Restore, 'allowNonRestoredState' | 'claimMode'>) => ({
  allowNonRestoredState,
  claimMode,
});
