import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import type { ClusterRef, OperationRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** @throws Fault `not-found` when there is no such cluster. */
export const getCluster = async (clusterRef: ClusterRef, store: Store): Promise<Versioned<Cluster>> => {
  const found = await store.cluster(clusterRef);
  if (found === undefined)
    throw new Fault('not-found', `Target ${clusterRef.target} has no cluster ${clusterRef.clusterId}.`);
  return found;
};

const pageSize = 100;

/** All clusters of a target in the given states that this version of Drey can read. Eventually consistent. */
export const listClusters = async (
  target: string,
  states: readonly ClusterState[],
  { store, log }: Pick<Ports, 'store' | 'log'>,
): Promise<readonly Cluster[]> => {
  return readAllPages(async (page) => {
    const found = await store.clusters(target, { ...page, states });
    logUnreadable('clusters', { target, unreadable: found.unreadable, log });
    return found;
  });
};

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

/** An operation that a caller named. @throws Fault `not-found` also when the operation belongs to another target. */
export const getTargetOperation = async (
  { target, operationId }: OperationRef,
  store: Store,
): Promise<Versioned<StoredOperation>> => {
  const found = await store.operation(operationId);
  if (found?.value.target !== target) throw new Fault('not-found', `Target ${target} has no operation ${operationId}.`);
  return found;
};
