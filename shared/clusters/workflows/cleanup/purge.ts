import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { getJobDataName } from '#shared/flink/names.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import { isAtLeast } from '#shared/flink/version.ts';

import {
  type CleanupState,
  endsWithCheckpoints,
  findStopData,
  getKubernetes,
  isStillDeployed,
  toDone,
  toWaiting,
} from './cleanup.ts';

/** After this time a stop no longer waits for Flink to delete the data of the jobs. */
const maxPurgeMs = 40_000;

/**
 * Whether Flink purges the high-availability data of a cluster that has some. After a stop with the last checkpoints, this data
 * tells which these are, and Flink would delete the checkpoints as well.
 */
export const purgesThroughFlink = (operation: StoredOperation, cluster: Cluster): boolean =>
  findStopData(operation)?.ha === 'purge' &&
  cluster.highAvailabilityDirectory !== undefined &&
  !endsWithCheckpoints(operation);

/**
 * Cancels the jobs of a cluster whose high-availability data is purged, and waits until Flink has deleted their data: Flink
 * deletes the data of jobs that have ended only. Jobs that do not end in time are removed with their cluster. One failed
 * request must not cost the data, so an answer is waited for as long.
 *
 * @see Flink 2.3 `KubernetesLeaderElectionHaServices.internalCleanup`, `FileSystemBlobStore.cleanupAllData`
 */
export const cancelJobs = async (
  state: CleanupState,
  operation: Versioned<StoredOperation>,
  ports: Ports,
): Promise<CleanupState> => {
  const { value } = operation;
  const cluster = await findPurgedCluster(state, value, ports);
  if (cluster === undefined) return toDone(state);
  const { jobs, reachable } = await observeJobs(value, ports, { changedBy: value });
  if (reachable === 'Unknown' && (await isStillDeployed(cluster, ports))) {
    await recordPhase(operation, "Waiting for Flink's REST API to answer, to delete high-availability data.", ports);
    return toPurging(state, ports.now());
  }
  if (reachable !== 'True') return toDone(state);
  const live = jobs.filter((job) => !isTerminalJob(job));
  if (live.length === 0) return waitForDeletion(state, { operation, cluster }, ports);
  const rest = flinkRest((await getKubernetes(value, ports)).flink(value.clusterId));
  for (const { jobId } of live.filter(({ state }) => state !== 'CANCELLING')) {
    try {
      await rest.cancelJob(jobId);
    } catch (error) {
      if (!(error instanceof Fault)) throw error; // The next attempt cancels it, if Flink still has it.
    }
  }
  await recordPhase(operation, `Waiting for the end of ${live.length} canceled jobs.`, ports);
  return toPurging(state, ports.now());
};

/**
 * Waits until Flink has deleted the data of the jobs that have ended, if the stop purges it. A job has ended for Flink's
 * REST API before its data is deleted, and the shutdown of Flink ends the deletion.
 *
 * @see Flink 1.20 `Dispatcher.removeJob`, `DispatcherResourceCleanerFactory`: the ConfigMap of the job goes with its files
 */
export const waitForPurge = async (
  state: CleanupState,
  operation: Versioned<StoredOperation>,
  ports: Ports,
): Promise<CleanupState> => {
  const cluster = await findPurgedCluster(state, operation.value, ports);
  return cluster === undefined ? toDone(state) : waitForDeletion(state, { operation, cluster }, ports);
};

/** The cluster, while the stop waits for Flink to purge it. */
const findPurgedCluster = async (
  state: CleanupState,
  operation: StoredOperation,
  { store, now }: Ports,
): Promise<Cluster | undefined> => {
  const { value: cluster } = await getCluster(operation, store);
  return purgesThroughFlink(operation, cluster) && !isTooLate(state, now()) ? cluster : undefined;
};

const waitForDeletion = async (
  state: CleanupState,
  { operation, cluster }: { readonly operation: Versioned<StoredOperation>; readonly cluster: Cluster },
  ports: Ports,
): Promise<CleanupState> => {
  const kubernetes = await getKubernetes(operation.value, ports);
  const { highAvailability } = await kubernetes.listRemaining(cluster);
  const names = new Set(highAvailability.map(({ name }) => name));
  const remaining = selectIncarnationJobs(cluster, await ports.store.jobs(cluster)).filter(
    (job) => isTerminalJob(job) && names.has(getJobDataName(job.clusterId, job.jobId)),
  );
  if (remaining.length === 0) return toDone(state);
  const message = `Waiting for Flink to delete the high-availability data of ${remaining.length} jobs.`;
  await recordPhase(operation, message, ports);
  return toPurging(state, ports.now());
};

const toPurging = (state: CleanupState, now: Date): CleanupState => ({
  ...toWaiting(state),
  purgingSince: state.purgingSince ?? now.toISOString(),
});

/** Whether the step waits for Flink to delete data, which takes {@link maxPurgeMs} at most. */
export const isPurging = ({ purgingSince }: CleanupState): boolean => purgingSince !== undefined;

const isTooLate = ({ purgingSince }: CleanupState, now: Date): boolean =>
  purgingSince !== undefined && now.getTime() - Date.parse(purgingSince) >= maxPurgeMs;

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

const describeRemainingFiles = (cluster: Cluster): string => {
  const directories = findDirectories(cluster);
  const where = directories.length === 0 ? 'high-availability.storageDir' : directories.join(', ');
  const how = directories.some((directory) => /^s3[anp]?:/.test(directory))
    ? directories.map((directory) => `aws s3 rm --recursive ${directory.replace(/^s3[anp]?:/, 's3:')}`).join(' && ')
    : 'the tool of their file system';
  return `Files of high availability (ha: purge) remain in ${where}, because the JobManager ended without deleting them. Delete these directories with ${how}.`;
};

/**
 * The directories that may have files of the cluster.
 *
 * @see Flink 2.3 `FileSystemJobResultStore`, `FileSystemApplicationResultStore`
 */
const findDirectories = ({ clusterId, flinkVersion, highAvailabilityDirectory }: Cluster): readonly string[] => {
  if (highAvailabilityDirectory === undefined) return [];
  const storage = highAvailabilityDirectory.slice(0, -`/${clusterId}`.length);
  const stores = ['job-result-store', ...(isAtLeast(flinkVersion, '2.3') ? ['application-result-store'] : [])];
  return [highAvailabilityDirectory, ...stores.map((store) => `${storage}/${store}/${clusterId}`)];
};
