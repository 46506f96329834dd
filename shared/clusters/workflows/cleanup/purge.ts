import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

import { type CleanupState, findStopData, getKubernetes, toDone, toWaiting } from './cleanup.ts';

/** After so many attempts, 40 s, a stop no longer waits for the end of canceled jobs, nor for the end of their data. */
const maxAttempts = 16;

/** Whether the stop purges the high-availability data of a cluster that has some. */
export const purgesThroughFlink = (operation: StoredOperation, cluster: Cluster): boolean =>
  findStopData(operation)?.ha === 'purge' && cluster.highAvailabilityDirectory !== undefined;

/**
 * Cancels the jobs of a cluster whose high-availability data is purged, and waits until Flink has deleted the data of each,
 * which it does after the job has ended. Jobs that do not end in time are removed with their cluster.
 *
 * @see Flink 2.3 `KubernetesLeaderElectionHaServices.internalCleanup`, `FileSystemBlobStore.cleanupAllData`
 */
export const cancelJobs = async (
  state: CleanupState,
  operation: Versioned<StoredOperation>,
  ports: Ports,
): Promise<CleanupState> => {
  const { value } = operation;
  const { value: cluster } = await getCluster(value, ports.store);
  if (!purgesThroughFlink(value, cluster) || (state.attempt ?? 0) >= maxAttempts) return toDone(state);
  const { jobs, reachable } = await observeJobs(value, ports, { changedBy: value });
  const live = jobs.filter((job) => !isTerminalJob(job));
  if (reachable !== 'True') return toDone(state);
  const kubernetes = await getKubernetes(value, ports);
  if (live.length === 0) return (await hasJobData(value, kubernetes)) ? toWaiting(state) : toDone(state);
  const rest = flinkRest(kubernetes.flink(value.clusterId));
  for (const { jobId } of live.filter(({ state }) => state !== 'CANCELLING')) {
    try {
      await rest.cancelJob(jobId);
    } catch (error) {
      if (!(error instanceof Fault)) throw error; // The next attempt cancels it, if Flink still has it.
    }
  }
  await recordPhase(operation, `Waiting for the end of ${live.length} canceled jobs.`, ports);
  return toWaiting(state);
};

/** Whether Flink still has data of a job. It deletes the files and then the ConfigMap of a job that has ended. */
const hasJobData = async ({ clusterId }: StoredOperation, kubernetes: Kubernetes): Promise<boolean> => {
  const { highAvailability } = await kubernetes.listRemaining(clusterId);
  return highAvailability.some(({ name }) => name !== `${clusterId}-cluster-config-map`);
};

/** Warns that Flink has not deleted its files: it deletes them before its ConfigMaps, which still exist. */
export const warnOfRemainingFiles = (operationId: string, ports: Ports): Promise<void> =>
  transact(ports, async () => {
    const operation = await getOperation(operationId, ports.store);
    const { value: cluster } = await getCluster(operation.value, ports.store);
    const warning = describeRemainingFiles(cluster);
    const { warnings = [] } = operation.value;
    if (isTerminalOperation(operation.value) || warnings.includes(warning)) return { result: undefined };
    const fields = { warnings: [...warnings, warning] };
    const change = transitionOperation(operation, { state: 'IN_PROGRESS', fields }, ports.now());
    return { change: { operations: [change] }, result: undefined };
  });

const describeRemainingFiles = ({ highAvailabilityDirectory: directory = '' }: Cluster): string => {
  const where = directory === '' ? 'in high-availability.storageDir' : `in ${directory}`;
  const how = /^s3[an]?:/.test(directory)
    ? `aws s3 rm --recursive ${directory.replace(/^s3[an]?:/, 's3:')}`
    : 'the tool of its file system';
  return `Files of high availability (ha: purge) remain ${where}, because the JobManager ended without deleting them. Delete this directory with ${how}.`;
};
