import type { Cluster } from '#events/records/cluster.ts';
import { Fault } from '#events/problems/problem.ts';
import { selectOwnData } from '#shared/clusters/model/high-availability.ts';
import { findApplicationVerdict, selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import type { HighAvailabilityData, Incarnation, ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import { computeCreatesUntil, keepsFailedObjects, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import { policies, repeat } from '#shared/retries.ts';

import {
  type CleanupState,
  findStopData,
  getKubernetes,
  isCleanupOverdue,
  isSuccessfulDeploy,
  toDone,
  toWaiting,
} from './cleanup.ts';
import { purgesThroughFlink, warnOfRemainingFiles } from './purge.ts';

/** Step of the cleanup machine: deletes the Deployment that the deploy of the cluster created, and no other. */
export const removeObjects = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const { operationId } = state;
  const { value: operation } = await getOperation(operationId, ports.store);
  if (keepsFailedObjects(operation) || isSuccessfulDeploy(operation)) return { operationId };
  const kubernetes = await getKubernetes(operation, ports);
  const incarnation = await findIncarnation(operation, ports);
  const deployment = await findOwnDeployment(incarnation, operation.clusterId, kubernetes);
  if (deployment === undefined || deployment === 'foreign') return { operationId };
  if (await canShutDown(operation, ports)) await shutDownFlink(operation, kubernetes, ports);
  await removeDeployment(operation, deployment, ports);
  return { operationId };
};

/** Removes the Deployment. Its uid is recorded first if the deploy got no answer: Flink may have written data. */
const removeDeployment = async (
  operation: StoredOperation,
  { uid, operationId }: ObservedDeployment,
  ports: Ports,
): Promise<void> => {
  await transact(ports, async () => {
    const { value, version } = await getCluster(operation, ports.store);
    const isKnown = value.uid !== undefined || value.operationId !== operationId;
    return {
      change: isKnown ? undefined : { cluster: { value: { ...value, uid }, previous: version } },
      result: undefined,
    };
  });
  await (await getKubernetes(operation, ports)).remove(operation.clusterId, uid);
};

/** Step of the cleanup machine: checks that no object is left, and that none can still be created. */
export const verifyRemoval = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const operation = await getOperation(state.operationId, ports.store);
  if (keepsFailedObjects(operation.value) || isSuccessfulDeploy(operation.value)) return toDone(state);
  const { clusterId } = operation.value;
  const kubernetes = await getKubernetes(operation.value, ports);
  const incarnation = await findIncarnation(operation.value, ports);
  const deployment = await findOwnDeployment(incarnation, clusterId, kubernetes);
  // The objects belong to a later cluster of the same id.
  if (deployment === 'foreign') return toDone(state);
  // The deploy was still creating the Deployment when the state `RemoveObjects` ran.
  if (deployment?.deleting === false) await removeDeployment(operation.value, deployment, ports);
  const { owned, highAvailability } = await kubernetes.listRemaining({
    clusterId,
    ...incarnation,
    ...(deployment === undefined ? {} : { uid: deployment.uid }),
  });
  if (owned.length > 0) return waitForRemoval(state, { operation, objects: owned }, ports);
  if (mayStillCreateObjects(operation.value, ports)) return toWaiting(state);
  if (highAvailability.length > 0) await purge(operation.value, { kubernetes, highAvailability }, ports);
  return toDone(state);
};

interface Remains {
  readonly kubernetes: Kubernetes;
  readonly highAvailability: readonly HighAvailabilityData[];
}

/** Deletes the high-availability data of the cluster of which nothing is to be recovered. */
const purge = async (
  operation: StoredOperation,
  { kubernetes, highAvailability }: Remains,
  ports: Ports,
): Promise<void> => {
  const { value: cluster } = await getCluster(operation, ports.store);
  const own = selectOwnData(highAvailability, cluster, await ports.targets.get(operation.target));
  const purged = await selectPurged(own, { operation, cluster }, ports);
  if (purged.length === 0) return;
  await warnOfRemainingFiles(operation.operationId, ports);
  await kubernetes.removeConfigMaps(purged);
};

interface Removal {
  readonly operation: Versioned<StoredOperation>;
  readonly objects: readonly { readonly kind: string; readonly name: string }[];
}

const waitForRemoval = async (
  state: CleanupState,
  { operation, objects }: Removal,
  ports: Ports,
): Promise<CleanupState> => {
  const names = objects.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  if (isCleanupOverdue(operation.value, ports)) {
    const message = `These objects still exist at the deadline: ${names}. Stop the cluster again.`;
    return { ...state, outcome: 'failed', reason: 'deadline-exceeded', message };
  }
  if (findStopData(operation.value) !== undefined)
    await recordPhase(operation, `Waiting for the removal of ${names}.`, ports);
  return toWaiting(state);
};

const isEndedApplication = async (operation: StoredOperation, { store }: Ports): Promise<boolean> => {
  const { value: cluster } = await getCluster(operation, store);
  return (
    cluster.mode === 'application' &&
    findApplicationVerdict(cluster, selectIncarnationJobs(cluster, await store.jobs(cluster))) !== undefined
  );
};

/** Whether nothing of the cluster is to be recovered, so that Flink may delete its high-availability data. */
const canShutDown = async (operation: StoredOperation, ports: Ports): Promise<boolean> =>
  purgesThroughFlink(operation, (await getCluster(operation, ports.store)).value) ||
  (await isEndedApplication(operation, ports));

/** Makes Flink delete its high-availability data. A JobManager that does not answer is removed anyway. */
const shutDownFlink = async (
  { clusterId }: StoredOperation,
  kubernetes: Kubernetes,
  { sleep, random, signal }: Ports,
): Promise<void> => {
  try {
    await repeat(() => flinkRest(kubernetes.flink(clusterId)).shutDown(), {
      policy: policies.kubernetes,
      isTransient: (error) => error instanceof Fault && error.code === 'target-unreachable',
      sleep,
      random,
      signal,
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
};

/** The Deployment of the cluster that this cleanup removes; `foreign` when another operation created the Deployment. */
const findOwnDeployment = async (
  { operationId }: Incarnation,
  clusterId: string,
  kubernetes: Kubernetes,
): Promise<ObservedDeployment | 'foreign' | undefined> => {
  const { deployment } = await kubernetes.observe(clusterId);
  if (deployment === undefined) return undefined;
  return deployment.operationId === operationId ? deployment : 'foreign';
};

/** The incarnation that this cleanup removes: that of the failed deploy, or the one that the stop ends. */
const findIncarnation = async (operation: StoredOperation, { store }: Ports): Promise<Incarnation> => {
  const { value: cluster } = await getCluster(operation, store);
  if (findStopData(operation) !== undefined || cluster.operationId === operation.operationId) return cluster;
  return { operationId: operation.operationId };
};

/**
 * Whether a function may still create objects of the cluster. A function that started before its deploy was ended runs
 * until its timeout, and the API server then still handles its last request.
 */
const mayStillCreateObjects = (operation: StoredOperation, { now }: Ports): boolean => {
  const stop = findRequest(operation, 'stop');
  const until = stop === undefined ? computeCreatesUntil(new Date(operation.updatedAt)) : stop.createsUntil;
  return until !== undefined && now().toISOString() < until;
};

/**
 * A stop says whether it purges. An application that has ended has nothing to recover. One that never ran has written nothing
 * to recover, but it may have been deployed to recover the jobs of an earlier incarnation.
 */
const selectPurged = async (
  own: readonly HighAvailabilityData[],
  { operation, cluster }: { readonly operation: StoredOperation; readonly cluster: Cluster },
  ports: Ports,
): Promise<readonly HighAvailabilityData[]> => {
  const stop = findStopData(operation);
  if (stop?.ha === 'purge' || (await isEndedApplication(operation, ports))) return own;
  const neverRan =
    stop === undefined && cluster.mode === 'application' && cluster.operationId === operation.operationId;
  return neverRan ? own.filter(({ createdAt }) => Date.parse(createdAt) >= Date.parse(operation.createdAt)) : [];
};
