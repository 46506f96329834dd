import { type ClusterRef, subjectOf } from '#events/names.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { cutPage, type PageRequest } from '#shared/clusters/model/page.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

/** Records of snapshots, by their place. */
export type SnapshotRecords = Map<string, Versioned<StoredSnapshot>>;

export const placeOfSnapshot = ({ snapshotId, ...clusterRef }: ClusterRef & Pick<StoredSnapshot, 'snapshotId'>) =>
  `${subjectOf(clusterRef)}/snapshots/${snapshotId}`;

export const listSnapshots = (records: SnapshotRecords, clusterRef: ClusterRef, page: PageRequest) => {
  const found = [...records.values()]
    .filter(({ value }) => subjectOf(value) === subjectOf(clusterRef))
    .toSorted((one, other) => (one.value.snapshotId < other.value.snapshotId ? 1 : -1));
  return structuredClone(cutPage(found, page));
};
