import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import type { ClusterRef, OperationRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords, Store } from '#shared/clusters/ports/store.ts';

/** @throws Fault `not-found` when there is no such cluster. */
export const getCluster = async (clusterRef: ClusterRef, store: Store): Promise<Versioned<Cluster>> =>
  assertFound(await store.cluster(clusterRef), clusterRef);

/** A cluster and the jobs of all its incarnations. @throws Fault `not-found` when there is no such cluster. */
export const getClusterWithJobs = async (clusterRef: ClusterRef, store: Store): Promise<ClusterRecords> =>
  assertFound(await store.clusterWithJobs(clusterRef), clusterRef);

const assertFound = <T>(found: T | undefined, { target, clusterId }: ClusterRef): T => {
  if (found === undefined) throw new Fault('not-found', `Target ${target} has no cluster ${clusterId}.`);
  return found;
};

/** @throws Fault `not-found` when the cluster has no such snapshot, or its record has expired. */
export const getSnapshot = async (
  { target, clusterId }: ClusterRef,
  snapshotId: string,
  store: Store,
): Promise<Versioned<StoredSnapshot>> => {
  const found = await store.snapshot({ target, clusterId }, snapshotId);
  if (found === undefined)
    throw new Fault('not-found', `Cluster ${clusterId} in target ${target} has no snapshot ${snapshotId}.`);
  return found;
};

/** All clusters of a target in the given states that this version of Drey can read. Eventually consistent. */
export const listClusters = async (
  target: string,
  states: readonly ClusterState[],
  { store, log }: Pick<Ports, 'store' | 'log'>,
): Promise<readonly Cluster[]> => {
  const { items, unreadable } = await store.allClusters(target, states);
  logUnreadable('clusters', { target, unreadable, log });
  return items;
};

const pageSize = 100;

/** The items of all pages of a list. */
export const readAllPages = async <T>(readPage: (page: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> => {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage({ limit: pageSize, cursor });
    items.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return items;
};

interface UnreadableRecords extends Pick<Ports, 'log'> {
  readonly target: string;
  readonly unreadable: readonly string[] | undefined;
}

/** Reports records that a list leaves out, because another version of Drey wrote them. */
export const logUnreadable = (what: string, { target, unreadable = [], log }: UnreadableRecords): void => {
  if (unreadable.length > 0)
    log.warn(`${what} of another version skipped`, { target, count: unreadable.length, ids: unreadable.join(', ') });
};

/** @throws Fault `not-found` when there is no such operation. */
export const getOperation = async (operationId: string, store: Store): Promise<Versioned<StoredOperation>> => {
  const found = await store.operation(operationId);
  if (found === undefined) throw new Fault('not-found', `There is no operation ${operationId}.`);
  return found;
};

/** The operation of the command that an idempotency key of a target belongs to. Undefined when there is none. */
export const findKeyedOperation = async (
  target: string,
  key: string,
  store: Store,
): Promise<StoredOperation | undefined> => {
  const known = await store.idempotency(target, key);
  return known === undefined ? undefined : (await store.operation(known.operationId))?.value;
};

/** An operation that a caller named. @throws Fault `not-found` also when the operation belongs to another target. */
export const getTargetOperation = async (
  { target, operationId }: OperationRef,
  store: Store,
): Promise<Versioned<StoredOperation>> => {
  const found = await store.operation(operationId);
  if (found?.value.target !== target) throw new Fault('not-found', `Target ${target} has no operation ${operationId}.`);
  return found;
};
