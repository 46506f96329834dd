import type { ClusterRef } from '#events/names.ts';
import type { Snapshot, StoredSnapshot } from '#events/records/snapshots.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import { withSnapshotState } from '#shared/clusters/model/snapshot.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster, getSnapshot } from '#shared/clusters/store/read.ts';

/** The snapshots of a cluster ID, newest first. @throws Fault `not-found` when there is no such cluster. */
export const readSnapshots = async (
  clusterRef: ClusterRef,
  page: PageRequest,
  { store }: Ports,
): Promise<Page<Snapshot>> => {
  const [{ items, ...rest }] = await Promise.all([store.snapshots(clusterRef, page), getCluster(clusterRef, store)]);
  return {
    ...rest,
    items: await addState(
      items.map(({ value }) => value),
      store,
    ),
  };
};

/** @throws Fault `not-found` also for one whose record has expired. */
export const readSnapshot = async (
  { snapshotId, ...clusterRef }: ClusterRef & { readonly snapshotId: string },
  { store }: Ports,
): Promise<Snapshot> => {
  const { value } = await getSnapshot(clusterRef, snapshotId, store);
  const [snapshot = withSnapshotState(value, undefined)] = await addState([value], store);
  return snapshot;
};

/** Reads the operations of the snapshots that are not complete, because they say whether these have failed. */
const addState = async (snapshots: readonly StoredSnapshot[], store: Ports['store']): Promise<readonly Snapshot[]> => {
  const open = snapshots.filter(({ completedAt }) => completedAt === undefined);
  const found = await store.operationsByIds(open.map(({ operationId }) => operationId));
  const operations = new Map(found.map((operation) => [operation.operationId, operation]));
  return snapshots.map((snapshot) => withSnapshotState(snapshot, operations.get(snapshot.operationId)));
};
