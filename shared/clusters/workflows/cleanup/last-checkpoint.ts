import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { StoredCheckpoints } from '#shared/clusters/model/kubernetes.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import { findCheckpointNumber } from '#shared/clusters/model/snapshot.ts';

/** The path of the state that a job continues from, and its number in the job. */
export type LastState = NonNullable<Job['lastCheckpoint']>;

interface Sources {
  readonly cluster: Cluster;
  readonly kubernetes: Kubernetes;
  readonly store: Store;
}

/**
 * The state that Flink would recover a job from. With high availability, its data tells the last checkpoint, and is exact once
 * the JobManager is gone. Without, it is what Flink has answered last.
 *
 * @returns Undefined when there is no such state, or when it is not known.
 */
export const findLastState = async (
  job: Job,
  { cluster, kubernetes, store }: Sources,
): Promise<LastState | undefined> => {
  const { lastCheckpoint: known, restoredFrom, clusterId, jobId } = job;
  if (cluster.highAvailabilityDirectory === undefined) return known;
  const stored = await kubernetes.findStoredCheckpoints(clusterId, jobId);
  // Flink deletes the data of a job that has ended by itself, and may have completed a later checkpoint than it has told.
  if (stored === undefined) return known?.path === restoredFrom ? known : undefined;
  if (stored.last === undefined) return known ?? toStart(job);
  if (known?.checkpoint === stored.last) return known;
  return findStored(job, { last: stored.last, cluster, store });
};

/** The snapshot that a job was started from. */
export const toStart = ({ restoredFrom }: Job): LastState | undefined =>
  restoredFrom === undefined ? undefined : { path: restoredFrom };

interface StoredOptions {
  readonly last: NonNullable<StoredCheckpoints['last']>;
  readonly cluster: Cluster;
  readonly store: Store;
}

/** The path of the checkpoint with this number. It may be the snapshot that the job was started from, which has another path. */
const findStored = async (
  job: Job,
  { last: checkpoint, cluster, store }: StoredOptions,
): Promise<LastState | undefined> => {
  const { lastCheckpoint: known, restoredFrom, jobId } = job;
  const isOwn = known !== undefined && known.path !== restoredFrom;
  if (restoredFrom !== undefined && !isOwn) {
    const start = known?.checkpoint ?? (await findNumber(restoredFrom, cluster, store));
    // The stop has found no checkpoint, so that the stored one is most likely this snapshot.
    if (start === undefined) return known;
    if (start === checkpoint) return { path: restoredFrom, checkpoint };
  }
  const { checkpointDirectory } = cluster;
  const inDirectory = checkpointDirectory === undefined ? undefined : `${checkpointDirectory}/${jobId}`;
  // A program can set another directory than its configuration.
  const directory = isOwn && findCheckpointNumber(known.path) !== undefined ? toParent(known.path) : inDirectory;
  return directory === undefined ? undefined : { path: `${directory}/chk-${checkpoint}`, checkpoint };
};

const toParent = (path: string): string => path.replace(/\/[^/]*\/?$/, '');

/** How many of the newest snapshots are searched for the one that a job was started from. */
const maxSearched = 100;

/** The number of a snapshot in the job that took it. Undefined for a savepoint that Drey has not taken. */
const findNumber = async (path: string, cluster: Cluster, store: Store): Promise<number | undefined> => {
  const number = findCheckpointNumber(path);
  if (number !== undefined) return number;
  const { items } = await store.snapshots(cluster, { limit: maxSearched });
  return items.find(({ value }) => value.path === path)?.value.checkpoint;
};
