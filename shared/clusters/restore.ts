import type { Restore } from '#events/commands/program.ts';
import { type Cluster, isEnded, isOver, type Job } from '#events/model.ts';
import { Fault } from '#events/problem.ts';

import type { Store } from './ports.ts';

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
  const cluster = (await store.cluster({ target, clusterId }))?.value;
  if (cluster?.state === 'STOPPING')
    throw new Fault('not-ready', `cluster ${clusterId} in target ${target} is STOPPING: wait until it is STOPPED`, {
      operationId: cluster.stopOperationId,
      retryAfterSeconds: 5,
    });
  const meant = lastLife((await store.jobs({ target, clusterId })).map(({ value }) => value))
    .filter((one) => isMeant(one, job))
    .toSorted(byStart);
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
  const errors = (detail: string) => ({ errors: [{ pointer: `${pointer}/fromCluster`, detail }] });
  const running = last.find((one) => isRunning(one, cluster));
  if (running !== undefined) {
    const detail = `job ${running.jobId} (${running.name}) of ${clusterId} in target ${target} still runs: stop it with a savepoint first`;
    throw new Fault('wrong-state', detail, errors(detail));
  }
  if (orNothing) return undefined;
  const detail = `no job${job === undefined ? '' : ` ${job}`} of the last life of ${clusterId} in target ${target} was stopped with a savepoint`;
  throw new Fault('not-found', detail, errors(detail));
};

const isRunning = (job: Job, cluster: Cluster | undefined): boolean =>
  cluster !== undefined && !isOver(cluster) && cluster.operationId === job.clusterOperationId && !isEnded(job);

/** Older lives are no longer what the cluster was: to start from them would go back behind what ran since. */
const lastLife = (jobs: readonly Job[]): readonly Job[] => {
  const last = jobs.toSorted(byStart).at(-1);
  return jobs.filter(({ clusterOperationId }) => clusterOperationId === last?.clusterOperationId);
};

const byStart = (one: Job, other: Job) => one.startTime.localeCompare(other.startTime);

const isMeant = ({ name, jobId }: Job, job: string | undefined) =>
  job === undefined || name === job || jobId === job.toLowerCase();

/** The program with the savepoint that was found for it; as it is, where it names a path. */
export const restoring = <T extends { readonly restore?: Restore | undefined }>(
  program: T,
  savepoint: string | undefined,
): T => {
  if (program.restore?.fromCluster === undefined) return program;
  const { restore, ...rest } = program;
  const { allowNonRestoredState, claimMode } = restore;
  const found = savepoint === undefined ? {} : { restore: { path: savepoint, allowNonRestoredState, claimMode } };
  // All members but the one that is optional are there, and that one has its own type.
  return { ...rest, ...found } as unknown as T;
};
