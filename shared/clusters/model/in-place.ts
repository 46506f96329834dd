import { isDeepStrictEqual } from 'node:util';

import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec, StoredRevision } from '#events/records/revisions.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';

import { changeLifetime } from './lifetime.ts';
import { omitUndefined } from './omit-undefined.ts';
import { computeDigest } from './revision.ts';

interface InPlaceChange {
  /** The current revision, and its spec. */
  readonly current: StoredRevision;
  readonly before: RevisionSpec;
  readonly after: RevisionSpec;
  readonly target: NamedTarget;
  readonly now: Date;
}

/**
 * The cluster with what a new spec changes without a restart: its labels, its lifetime, its snapshot policy and
 * `onFailure`.
 *
 * @throws Fault `malformed-request`, `over-limit` for a lifetime that the cluster cannot have.
 */
export const changeInPlace = (
  cluster: Cluster,
  { before, after, target, now }: Omit<InPlaceChange, 'current'>,
): Cluster => {
  const { lifetime: _lifetime, onFailure: _onFailure, snapshots: known, ...rest } = cluster;
  const lifetime = changeLifetime(cluster, { before: before.lifetime, after: after.lifetime, target, now });
  // The reconciler computes when the savepoints of a new policy are due, as after a deploy.
  const snapshots = isDeepStrictEqual(before.snapshots, after.snapshots) ? known : after.snapshots;
  return {
    ...rest,
    labels: after.labels,
    ...(after.onFailure === 'keep' ? { onFailure: 'keep' } : {}),
    ...omitUndefined({ lifetime, snapshots }),
    updatedAt: now.toISOString(),
  };
};

/**
 * The cluster and the revision after a change in place. The operation of the apply is that of the revision. A revision that
 * was found unstable runs on, so that the next one is as unstable.
 */
export const reviseInPlace = (
  cluster: Cluster,
  change: InPlaceChange,
  { operationId, principal }: Pick<StoredOperation, 'operationId' | 'principal'>,
): { readonly cluster: Cluster; readonly revision: StoredRevision } => {
  const { current, after, now } = change;
  const { specOf: _specOf, ...known } = current;
  const number = (cluster.revision ?? 0) + 1;
  return {
    cluster: { ...changeInPlace(cluster, change), revision: number },
    revision: {
      ...known,
      number,
      madeBy: 'in-place',
      createdAt: now.toISOString(),
      principal,
      operationId,
      digest: computeDigest(after),
      rolloutOperationId: operationId,
    },
  };
};
