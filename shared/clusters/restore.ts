import type { Restore } from '#events/commands/program.ts';
import type { Job } from '#events/model.ts';
import { Fault } from '#events/problem.ts';

import type { Store } from './ports.ts';

/**
 * The savepoint that a program starts from which names a cluster: the one that its job of the last life was stopped
 * with. Undefined where the program names none, or a path.
 *
 * @throws Fault `not-found` when there is none, `malformed-request` when it is not clear which job is meant.
 */
export const savepointFor = async (
  restore: Restore | undefined,
  target: string,
  store: Store,
  pointer = '/restore',
): Promise<string | undefined> => {
  if (restore?.fromCluster === undefined) return undefined;
  const { fromCluster: clusterId, job, orNothing = false } = restore;
  const jobs = lastLife((await store.jobs({ target, clusterId })).map(({ value }) => value));
  const saved = jobs.filter((one) => one.savepoint !== undefined && isMeant(one, job));
  const names = [...new Set(saved.map(({ name }) => name))];
  if (names.length > 1) {
    const detail = `${clusterId} has savepoints of several jobs: name one of ${names.join(', ')} with job`;
    throw new Fault('malformed-request', `${pointer}/job: ${detail}`, {
      errors: [{ pointer: `${pointer}/job`, detail }],
    });
  }
  const found = saved.toSorted(byTime).at(-1)?.savepoint;
  if (found !== undefined || orNothing) return found;
  const detail = `no job${job === undefined ? '' : ` ${job}`} of the last life of ${clusterId} in target ${target} was stopped with a savepoint`;
  throw new Fault('not-found', detail, { errors: [{ pointer: `${pointer}/fromCluster`, detail }] });
};

/** Older lives are no longer what the cluster was: to start from them would go back behind what ran since. */
const lastLife = (jobs: readonly Job[]): readonly Job[] => {
  const last = jobs.toSorted(byStart).at(-1);
  return jobs.filter(({ clusterOperationId }) => clusterOperationId === last?.clusterOperationId);
};

const byStart = (one: Job, other: Job) => one.startTime.localeCompare(other.startTime);
const byTime = (one: Job, other: Job) => (one.endTime ?? one.updatedAt).localeCompare(other.endTime ?? other.updatedAt);

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
