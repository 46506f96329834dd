import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import { Fault } from '#events/problems/problem.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { isRestorable } from '#shared/clusters/model/snapshot.ts';
import type { ClusterRecords, Store } from '#shared/clusters/ports/store.ts';
import { getClusterWithJobs, getSnapshot } from '#shared/clusters/store/read.ts';
import { readKeptRevisions } from '#shared/clusters/store/revisions.ts';

import { assertRunning } from './assertions.ts';
import { newSnapshotOperation, recordSnapshotOperation, startSnapshot } from './savepoints.ts';
import type { UseCase } from './use-case.ts';

/** Deletes a savepoint through the Flink of its cluster, as `dispose-savepoint` does for a path. */
export const disposeSnapshot: UseCase<'dispose-snapshot'> = {
  async record({ target, clusterId = '', data, ...command }, keyFor, ports) {
    await ports.targets.get(target);
    const clusterRef = { target, clusterId };
    const [records, { value: snapshot }] = await Promise.all([
      getClusterWithJobs(clusterRef, ports.store),
      getSnapshot(clusterRef, data.snapshotId, ports.store),
    ]);
    assertRunning(records.cluster.value);
    const path = getDisposablePath(snapshot);
    await assertUnused(snapshot, { records, store: ports.store });
    const request = { kind: 'dispose-snapshot', data, path } as const;
    const operation = newSnapshotOperation({ clusterRef, command, request }, ports);
    return recordSnapshotOperation({ operation, snapshots: [], keyFor }, ports);
  },

  advance: startSnapshot,
};

/** @throws Fault `wrong-state` for a checkpoint, which Flink deletes itself, and for what is not complete. */
const getDisposablePath = (snapshot: StoredSnapshot): string => {
  const { snapshotId, kind, path } = snapshot;
  if (kind === 'checkpoint')
    throw new Fault('wrong-state', `Snapshot ${snapshotId} is a checkpoint. Flink deletes checkpoints itself.`);
  if (isRestorable(snapshot) && path !== undefined) return path;
  const state = snapshot.disposedAt === undefined ? 'is not complete' : 'is already DISPOSED';
  throw new Fault('wrong-state', `Snapshot ${snapshotId} ${state}.`);
};

/** @throws Fault `wrong-state` while a kept revision or a live job of the cluster was restored from the savepoint. */
const assertUnused = async (
  { snapshotId, path }: StoredSnapshot,
  { records, store }: { readonly records: ClusterRecords; readonly store: Store },
): Promise<void> => {
  const { value: cluster } = records.cluster;
  const jobs = records.jobs.map(({ value }) => value);
  const { job, revision } = findUse(path, { jobs, revisions: await readKeptRevisions(cluster, store) });
  if (job !== undefined)
    throw new Fault(
      'wrong-state',
      `Job ${job.jobId} (${job.name}) was restored from snapshot ${snapshotId}. Dispose of it after the job has ended.`,
    );
  if (revision !== undefined)
    throw new Fault(
      'wrong-state',
      `Revision ${revision.number} of cluster ${cluster.clusterId} was restored from snapshot ${snapshotId}. Dispose of it when the revision is no longer kept.`,
    );
};

/** The revisions of a cluster ID that callers see. */
export const readKeptRevisions = async (cluster: Cluster, store: Store): Promise<readonly StoredRevision[]> => {
  const { items } = await store.revisions(cluster, { after: findLastForgotten(cluster.revision ?? 0) });
  return items.map(({ value }) => value);
};

interface Restored {
  readonly jobs: readonly Job[];
  readonly revisions: readonly StoredRevision[];
}

/** The live job and the revision that were restored from a path, if there are such. */
export const findUse = (path: string | undefined, { jobs, revisions }: Restored) => ({
  job: jobs.find((job) => job.restoredFrom === path && !isTerminalJob(job)),
  revision: revisions.find(({ restoredFrom }) => restoredFrom === path),
});
