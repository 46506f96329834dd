import { type Cluster, type ClusterState, isTerminalCluster } from '#events/cluster.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import { keepsFailedObjects, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** @throws Fault `not-found` */
export const getCluster = async (clusterRef: ClusterRef, store: Store): Promise<Versioned<Cluster>> => {
  const found = await store.cluster(clusterRef);
  if (found === undefined)
    throw new Fault('not-found', `there is no cluster ${clusterRef.clusterId} in target ${clusterRef.target}`);
  return found;
};

const pageSize = 100;

/** All clusters of a target that are in one of the states. Eventually consistent. */
export const listClusters = async (
  target: string,
  states: readonly ClusterState[],
  store: Store,
): Promise<readonly Cluster[]> => {
  const found: Cluster[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.clusters(target, { states, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
};

/** @throws Fault `not-found` */
export const getOperation = async (operationId: string, store: Store): Promise<Versioned<StoredOperation>> => {
  const found = await store.operation(operationId);
  if (found === undefined) throw new Fault('not-found', `there is no operation ${operationId}`);
  return found;
};

/** Whether something of a cluster is there that may cost, and is not being removed: also of one that failed and is kept to be looked at. */
export const holdsResources = async (cluster: Cluster, store: Store): Promise<boolean> => {
  if (cluster.state === 'STOPPING' || cluster.state === 'QUEUED') return false;
  if (!isTerminalCluster(cluster)) return true;
  // What failed behind a stop, by its program, is removed.
  if (cluster.state !== 'FAILED' || cluster.stopOperationId !== undefined) return false;
  return keepsFailedObjects((await getOperation(cluster.operationId, store)).value);
};
