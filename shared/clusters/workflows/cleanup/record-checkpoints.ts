import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { completeRecord, newSnapshot, toStopSnapshotId } from '#shared/clusters/model/snapshot.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import type { CleanupRecords } from './cleanup.ts';
import { findLastState, type LastState } from './last-checkpoint.ts';
import { updateJob } from './update-job.ts';

/**
 * Records the last checkpoints of the jobs after their pods are gone, so that no job completes another one, and before
 * high-availability data is purged. A job that had ended before has none.
 */
export const recordCheckpoints = async (
  { operation: { value: operation }, cluster: { value: cluster } }: CleanupRecords,
  kubernetes: Kubernetes,
  ports: Ports,
): Promise<void> => {
  const jobs = selectIncarnationJobs(cluster, await ports.store.jobs(cluster));
  for (const job of jobs.filter((one) => mayHaveState(one, cluster))) {
    const last = await findLastState(job, { cluster, kubernetes, store: ports.store });
    if (last === undefined) continue;
    await updateJob(job, ports, async (known) =>
      known.finalCheckpoint === undefined
        ? {
            job: { ...known, finalCheckpoint: last.path, stoppedWithCluster: true },
            snapshot: await buildSnapshot({ operation, cluster, job: known, last }, ports),
          }
        : undefined,
    );
  }
};

/** Whether a state of the job is to be recorded, because the stop has ended it: also a canceled one without high availability, and one that failed in the meantime. */
export const mayHaveState = (job: Job, { highAvailabilityDirectory, retainsCheckpoints }: Cluster): boolean => {
  if (job.finalSavepoint !== undefined || job.finalCheckpoint !== undefined) return false;
  if (!isTerminalJob(job)) return true;
  if (job.lastCheckpoint === undefined || retainsCheckpoints !== true) return false;
  return job.state === 'FAILED' || (job.state === 'CANCELED' && highAvailabilityDirectory === undefined);
};

interface SnapshotOptions {
  readonly operation: StoredOperation;
  readonly cluster: Cluster;
  readonly job: Job;
  readonly last: LastState;
}

/** The record of the checkpoint. The snapshot that the job was started from has one already, or is not Drey's. */
const buildSnapshot = async ({ last, ...source }: SnapshotOptions, { store, now }: Ports) => {
  const { job, operation } = source;
  if (last.path === job.restoredFrom) return undefined;
  const recorded = await store.snapshot(job, toStopSnapshotId(operation.operationId, job.jobId));
  return completeRecord(recorded ?? { value: newSnapshot(source), version: undefined }, last, now());
};
