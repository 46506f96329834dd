import { Fault } from '#events/problem.ts';
import { applicationVerdict, jobsOfIncarnation } from '#shared/clusters/model/job.ts';
import { keepsFailedObjects, requestsInFlightUntil, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { recordPhase } from '#shared/clusters/store/progress.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

import { type CleanupState, done, isOverdue, isUp, kubernetesOf, stopOf, waiting } from './cleanup.ts';

/** Deletes the Deployment that the cluster's deploy created, and nobody else's. */
export const remove = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const { value: operation } = await getOperation(state.operationId, ports.store);
  if (keepsFailedObjects(operation) || isUp(operation)) return { operationId: state.operationId };
  const kubernetes = await kubernetesOf(operation, ports);
  const deployment = await ownDeployment(operation, kubernetes, ports);
  if (deployment === undefined || deployment === 'foreign') return { operationId: state.operationId };
  if (await isEndedApplication(operation, ports)) await shutDown(operation, kubernetes);
  await kubernetes.remove(operation.clusterId, deployment.uid);
  return { operationId: state.operationId };
};

const isEndedApplication = async (operation: StoredOperation, { store }: Ports) => {
  const { value: cluster } = await getCluster(operation, store);
  return (
    cluster.mode === 'application' &&
    applicationVerdict(jobsOfIncarnation(cluster, await store.jobs(cluster))) !== undefined
  );
};

/** Flink removes what high availability keeps in its storage. What does not answer any more is deleted all the same. */
const shutDown = async ({ clusterId }: StoredOperation, kubernetes: Kubernetes) => {
  try {
    await flinkRest(kubernetes.flink(clusterId)).shutDown();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
};

/** The Deployment of the cluster that this cleanup is about, or that somebody else's has its name now. */
const ownDeployment = async (operation: StoredOperation, kubernetes: Kubernetes, ports: Ports) => {
  const { deployment } = await kubernetes.observe(operation.clusterId);
  if (deployment === undefined) return undefined;
  const creator =
    stopOf(operation) === undefined
      ? operation.operationId
      : (await getCluster(operation, ports.store)).value.operationId;
  return deployment.operationId === creator ? deployment : 'foreign';
};

/** Looks whether everything is gone, and whether nothing can come any more. */
export const verify = async (state: CleanupState, ports: Ports): Promise<CleanupState> => {
  const operation = await getOperation(state.operationId, ports.store);
  if (keepsFailedObjects(operation.value) || isUp(operation.value)) return done(state);
  const { clusterId } = operation.value;
  const kubernetes = await kubernetesOf(operation.value, ports);
  const deployment = await ownDeployment(operation.value, kubernetes, ports);
  // What belongs to a later cluster of the same id is not waited for.
  if (deployment === 'foreign') return done(state);
  // Its deploy was still creating it when it was removed.
  if (deployment?.deleting === false) await kubernetes.remove(clusterId, deployment.uid);
  const { owned, highAvailability } = await kubernetes.remaining(clusterId);
  if (owned.length === 0 && mayStillCome(operation.value, ports)) return waiting(state);
  if (owned.length === 0) {
    if (highAvailability.length > 0 && (await isPurging(operation.value, ports))) {
      await kubernetes.removeConfigMaps(highAvailability.map(({ name }) => name));
    }
    return done(state);
  }
  const names = owned.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  if (isOverdue(operation.value, ports))
    return { ...state, outcome: 'failed', reason: 'deadline-exceeded', message: `still there: ${names}` };
  if (stopOf(operation.value) !== undefined)
    await recordPhase(operation, `waiting until these are gone: ${names}`, ports);
  return waiting(state);
};

/**
 * A function that began to create the objects before its deploy was ended may go on for as long as a function may, and
 * the API server with its last request. Nothing is recorded as gone before that is over.
 */
const mayStillCome = (operation: StoredOperation, { now }: Ports): boolean => {
  const stop = requestOf(operation, 'stop');
  const until = stop === undefined ? requestsInFlightUntil(new Date(operation.updatedAt)) : stop.createsUntil;
  return until !== undefined && now().toISOString() < until;
};

/** A stop says so; an application that has ended, or did not come up, has nothing to recover. */
const isPurging = async (operation: StoredOperation, ports: Ports) => {
  const stop = stopOf(operation);
  if (stop?.ha === 'purge' || (await isEndedApplication(operation, ports))) return true;
  return stop === undefined && (await getCluster(operation, ports.store)).value.mode === 'application';
};
