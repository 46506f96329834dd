import { type ClusterRef, subjectOf } from '#events/names.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { revisionRetentionDays } from '#shared/clusters/model/revision.ts';

import type { Put } from './store-writes.ts';

/** Records of revisions, by their place. */
export type RevisionRecords = Map<string, Versioned<StoredRevision> & { readonly expiresAt: Date }>;

interface Range {
  readonly after: number;
  readonly now: Date;
}

export const listRevisions = (
  records: RevisionRecords,
  clusterRef: ClusterRef,
  { after, now }: Range,
): readonly Versioned<StoredRevision>[] =>
  [...records.values()]
    .filter(
      ({ value, expiresAt }) => subjectOf(value) === subjectOf(clusterRef) && value.number > after && expiresAt >= now,
    )
    .toSorted((one, other) => other.value.number - one.value.number)
    .map(({ value, version }) => structuredClone({ value, version }));

export const revisionPut = (
  records: RevisionRecords,
  { value, previous }: NonNullable<Change['revisions']>[number],
  now: Date,
): Put => {
  const key = `${subjectOf(value)}/revisions/${value.number}`;
  const expiresAt = new Date(now.getTime() + revisionRetentionDays * 86_400_000);
  return {
    isAllowed: records.get(key)?.version === previous,
    write: () => records.set(key, { value, version: (previous ?? 0) + 1, expiresAt }),
  };
};
