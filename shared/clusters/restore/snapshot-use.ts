import { Fault } from '#events/problems/problem.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { ClusterRef } from '#events/names.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { readKeptRevisions } from '#shared/clusters/store/revisions.ts';

/** What may have been restored from a savepoint. */
interface Restored {
  readonly jobs: readonly Job[];
  readonly revisions: readonly StoredRevision[];
  /** Operations that have not ended: those of the target, and those that the snapshots name. A submit that waits has no job yet. */
  readonly operations: readonly StoredOperation[];
}

/**
 * What a snapshot of a cluster ID may be in use by.
 *
 * @throws Fault `version-mismatch` when another version of Drey wrote some of it, which may name the snapshot.
 */
export const readRestored = async (
  clusterRef: ClusterRef,
  snapshots: readonly Pick<StoredSnapshot, 'restoreOperationId'>[],
  store: Store,
): Promise<Restored> => {
  const named = snapshots.flatMap(({ restoreOperationId }) => restoreOperationId ?? []);
  // A submit that ends between the reads has recorded its job before, so the jobs are read last.
  const [open, restoring] = await Promise.all([
    store.openOperations(clusterRef.target),
    store.operationsByIds([...new Set(named)]),
  ]);
  const records = await getClusterWithJobs(clusterRef, store);
  const revisions = await readKeptRevisions(records.cluster.value, { store });
  if ([open, revisions].some(({ unreadable = [] }) => unreadable.length > 0))
    throw new Fault(
      'version-mismatch',
      `Another version of Drey wrote operations or revisions that may need the snapshots of cluster ${clusterRef.clusterId}. Retry after the update.`,
    );
  return {
    jobs: records.jobs.map(({ value }) => value),
    revisions: revisions.items.map(({ value }) => value),
    operations: [...open.items, ...restoring.filter((operation) => !isTerminalOperation(operation))],
  };
};

/** Why a savepoint must not be disposed of. Undefined: nothing needs it. */
export const findUse = (
  { snapshotId, path }: Pick<StoredSnapshot, 'snapshotId' | 'path'>,
  { jobs, revisions, operations }: Restored,
): string | undefined => {
  const isFrom = ({ restoredFrom }: { readonly restoredFrom?: string | undefined }) => restoredFrom === path;
  const job = jobs.find((one) => isFrom(one) && !isTerminalJob(one));
  if (job !== undefined)
    return `Job ${job.jobId} (${job.name}) was restored from snapshot ${snapshotId}. Dispose of it after the job has ended.`;
  const revision = revisions.find(isFrom);
  if (revision !== undefined)
    return `Revision ${revision.number} of cluster ${revision.clusterId} was restored from snapshot ${snapshotId}. Dispose of it when the revision is no longer kept.`;
  const operation = operations.find(isFrom);
  return operation === undefined
    ? undefined
    : `The ${operation.kind} ${operation.operationId} starts from snapshot ${snapshotId}. Dispose of it after its end.`;
};
