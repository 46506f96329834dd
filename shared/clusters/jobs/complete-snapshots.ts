import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { completeRecord, toSnapshotResult, toStopSnapshotId } from '#shared/clusters/model/snapshot.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import type { LatestSavepoint } from '#shared/flink/rest/snapshots.ts';

/** How many of the newest snapshots are searched for the one that a job has ended with. */
const maxSearched = 100;

interface EndedJobs {
  readonly cluster: Cluster;
  /** The records that the change replaces. */
  readonly records: readonly Versioned<Job>[];
  /** What Flink reports about the jobs that have ended, by job id. */
  readonly savepoints: ReadonlyMap<string, LatestSavepoint | undefined>;
  readonly now: Date;
}

/**
 * Adds the snapshots of the savepoints that a change of jobs records first. Flink may end with a savepoint before the
 * operation that asked for it gets the answer, or after this operation has failed.
 */
export const withCompleteSnapshots = async (
  change: Change,
  { cluster, records, savepoints, now }: EndedJobs,
  store: Store,
): Promise<Change> => {
  const known = new Map(records.map(({ value }) => [value.jobId, value]));
  const ended = (change.jobs ?? []).flatMap(({ value: job }) => {
    const latest = savepoints.get(job.jobId);
    const before = known.get(job.jobId);
    const isKnown = before?.savepoint === latest?.location && before?.finalSavepoint === job.finalSavepoint;
    return latest === undefined || isKnown ? [] : [{ job, latest }];
  });
  const { find, isDisposed } = openSnapshotsOf(cluster, store);
  const disposed = new Set<string>();
  const snapshots = await Promise.all(
    ended.map(async ({ job, latest }) => {
      if (await isDisposed(latest.location)) disposed.add(latest.location);
      const found = await find(job, latest.location);
      return found === undefined ? [] : [completeRecord(found, toSnapshotResult(latest), now)];
    }),
  );
  const jobs = change.jobs?.map(({ value: { savepoint: reported, ...job }, previous }) => {
    // The savepoint that a job ended with is its last one.
    const savepoint = job.finalSavepoint ?? reported;
    return { value: savepoint === undefined || disposed.has(savepoint) ? job : { ...job, savepoint }, previous };
  });
  return { ...change, ...omitUndefined({ jobs }), snapshots: snapshots.flat() };
};

interface OpenSnapshots {
  /** Finds the savepoint of Drey that a job ended with. Undefined also if the path is that of another one. */
  readonly find: (job: Job, path?: string) => Promise<Versioned<StoredSnapshot> | undefined>;
  /** Whether a savepoint was deleted. Flink still names it as the last one of its job. */
  readonly isDisposed: (path: string) => Promise<boolean>;
}

/** Searches the snapshots of a cluster, which are read at most once. */
const openSnapshotsOf = (cluster: Cluster, store: Store): OpenSnapshots => {
  let page: Promise<readonly Versioned<StoredSnapshot>[]> | undefined;
  const search = () => (page ??= store.snapshots(cluster, { limit: maxSearched }).then(({ items }) => items));
  return {
    find: async (job, path) => {
      const found = (await findStopSnapshot(job, cluster, store)) ?? findOpenSnapshot(job, await search());
      return found === undefined || path === undefined || mayHavePath(found.value, path, await search())
        ? found
        : undefined;
    },
    isDisposed: async (path) =>
      (await search()).some(({ value }) => value.path === path && value.disposedAt !== undefined),
  };
};

/**
 * The savepoints that Drey may have asked for before these jobs ended, and whose end is not recorded. Flink shows the last
 * savepoint of a job from a cache that is some seconds old (`web.refresh-interval`), so it may be among them.
 */
export const findRequestedSavepoints = async (
  jobs: readonly Job[],
  cluster: Cluster,
  store: Store,
): Promise<readonly StoredSnapshot[]> => {
  const { find } = openSnapshotsOf(cluster, store);
  const found = await Promise.all(jobs.map((job) => find(job)));
  return found.flatMap((snapshot) =>
    snapshot === undefined || snapshot.value.completedAt !== undefined ? [] : [snapshot.value],
  );
};

/** The savepoint that the stop of the cluster takes of a job. */
const findStopSnapshot = async (
  { jobId, stoppedWithCluster }: Job,
  cluster: Cluster,
  store: Store,
): Promise<Versioned<StoredSnapshot> | undefined> =>
  stoppedWithCluster === true && cluster.stopOperationId !== undefined
    ? store.snapshot(cluster, toStopSnapshotId(cluster.stopOperationId, jobId))
    : undefined;

/** The newest savepoint of a job that is not complete. */
const findOpenSnapshot = (
  { jobId }: Job,
  snapshots: readonly Versioned<StoredSnapshot>[],
): Versioned<StoredSnapshot> | undefined =>
  snapshots.find(({ value }) => value.jobId === jobId && value.kind === 'savepoint' && value.completedAt === undefined);

/** Whether the savepoint at a path can be that of a snapshot: Flink may still name an earlier one as the last of the job. */
const mayHavePath = (
  { snapshotId, path: known }: StoredSnapshot,
  path: string,
  snapshots: readonly Versioned<StoredSnapshot>[],
): boolean =>
  known === undefined
    ? snapshots.every(({ value }) => value.path !== path || value.snapshotId === snapshotId)
    : known === path;
