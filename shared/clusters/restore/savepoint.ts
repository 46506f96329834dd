import type { Restore, RestoreOptions } from '#events/programs/program.ts';
import { findFinalState, type Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import { findSnapshotPath } from './snapshot.ts';
import type { Config } from '#shared/flink/config.ts';
import { assertRestore } from '#shared/flink/option-names/restore.ts';

import {
  isRunningJob,
  matchesJob,
  newRestoreFault,
  newStillRunningFault,
  readStoppedCluster,
} from './stopped-cluster.ts';

interface ResolveOptions {
  readonly target: string;
  /** The options of the command, which may have a restore path, too. */
  readonly config: Config;
  /** The JSON pointer to the restore options in the request. */
  readonly pointer?: string;
}

/**
 * The path that a program starts from when it names a snapshot or a cluster. Of a cluster it is the savepoint that the job
 * was stopped with in the last incarnation. A savepoint from before the end of the job is not used, because it lacks what
 * the job did after it.
 *
 * @returns Undefined when the program names none of both, or when it may start without state.
 * @throws Fault `refused-option` when the options contradict `restore` or have invalid values, `not-found` when there is no
 *   such savepoint, `malformed-request` when several jobs have one, `not-ready` while the cluster is STOPPING, `wrong-state`
 *   when the job still runs, and for a snapshot that is not COMPLETED.
 */
export const resolveSavepoint = async (
  restore: Restore | undefined,
  { target, config, pointer = '/restore' }: ResolveOptions,
  store: Store,
): Promise<string | undefined> => {
  assertRestore({ config, restore, pointer });
  if (restore?.snapshot !== undefined) return findSnapshotPath(restore.snapshot, { target, pointer }, store);
  if (restore?.fromCluster === undefined) return undefined;
  const { fromCluster: clusterId, job, allowEmptyState = false } = restore;
  const { cluster, jobs } = await readStoppedCluster({ target, clusterId }, store);
  const candidates = selectLastByName(selectLastIncarnation(jobs).filter((candidate) => matchesJob(candidate, job)));
  const saved = candidates.filter((candidate) => findFinalState(candidate) !== undefined);
  if (saved.length > 1) throw newAmbiguousJobFault(clusterId, saved, `${pointer}/job`);
  const savepoint = saved[0] === undefined ? undefined : findFinalState(saved[0]);
  if (savepoint !== undefined) return savepoint;
  const running = candidates.find((candidate) => isRunningJob(candidate, cluster));
  if (running !== undefined) throw newStillRunningFault(running, pointer);
  if (allowEmptyState) return undefined;
  throw newRestoreFault(
    'not-found',
    `No job${job === undefined ? '' : ` ${job}`} of the last incarnation of cluster ${clusterId} in target ${target} was stopped with a savepoint. Set allowEmptyState to start without state.`,
    pointer,
  );
};

/** Savepoints of earlier incarnations are older than what ran since. */
const selectLastIncarnation = (jobs: readonly Job[]): readonly Job[] => {
  const lastOperationId = jobs.at(-1)?.clusterOperationId;
  return jobs.filter(({ clusterOperationId }) => clusterOperationId === lastOperationId);
};

/** A job that was started again replaces the earlier job of its name. */
const selectLastByName = (jobs: readonly Job[]): readonly Job[] => [
  ...new Map(jobs.map((job) => [job.name, job])).values(),
];

const newAmbiguousJobFault = (clusterId: string, jobs: readonly Job[], pointer: string) => {
  const names = jobs.map(({ name }) => name).join(', ');
  const detail = `Cluster ${clusterId} has savepoints of several jobs. Set job to one of ${names}.`;
  return new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
};

/** The program with its resolved savepoint as the path. A program that names a path itself is not changed. */
export const withSavepoint = <T extends { readonly restore?: Restore | undefined }>(
  program: T,
  savepoint: string | undefined,
): T => {
  if (program.restore?.fromCluster === undefined && program.restore?.snapshot === undefined) return program;
  const { restore, ...rest } = program;
  const resolved = savepoint === undefined ? {} : { restore: { path: savepoint, ...toRestoreOptions(restore) } };
  // Only the optional member `restore` changes, and its new value has the type of the member.
  return { ...rest, ...resolved } as unknown as T;
};

/** The options that apply to every savepoint, without the members that name one. */
export const toRestoreOptions = ({ allowNonRestoredState, claimMode }: RestoreOptions): RestoreOptions => ({
  ...(allowNonRestoredState === undefined ? {} : { allowNonRestoredState }),
  ...(claimMode === undefined ? {} : { claimMode }),
});
