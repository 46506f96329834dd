import type { RestorableSnapshot, StateSource } from '#events/http/plans.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { isRestorable } from '#shared/clusters/model/snapshot.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

interface Start {
  readonly clusterRef: ClusterRef;
  /** The last incarnation of the ID, which has ended. Undefined: the ID never had one. */
  readonly ended: Cluster | undefined;
  /** The state that the spec names, and its path where that is known. */
  readonly restore: { readonly path?: string | undefined } | undefined;
  readonly isHighlyAvailable: boolean;
}

/** What a spec starts from whose ID has no live cluster. */
export const findStartState = async (
  { clusterRef, ended, restore, isHighlyAvailable }: Start,
  { store, now }: Pick<Ports, 'store' | 'now'>,
): Promise<StateSource> => {
  if (ended !== undefined && isHighlyAvailable) {
    const jobs = await store.jobs(clusterRef);
    if (jobs.some(({ value }) => value.state === 'SUSPENDED')) return { source: 'high-availability' };
  }
  if (restore !== undefined) return { source: 'restore', ...omitUndefined({ path: restore.path }) };
  if (ended?.mode !== 'application') return { source: 'none' };
  const { items } = await store.snapshots(clusterRef, { limit: maxSnapshots });
  const newest = items.flatMap(({ value }) => toRestorable(value, now()) ?? []).at(0);
  return { source: 'none', ...omitUndefined({ newest }) };
};

/** The newest snapshots of an ID. */
const maxSnapshots = 100;

/** Flink deletes most checkpoints itself. Those that an incarnation has ended with remain. */
const toRestorable = (snapshot: StoredSnapshot, now: Date): RestorableSnapshot | undefined => {
  const { snapshotId, kind, trigger, path, completedAt: at, disposalOperationId } = snapshot;
  if (!isRestorable(snapshot) || path === undefined || at === undefined || disposalOperationId !== undefined)
    return undefined;
  if (kind === 'checkpoint' && trigger !== 'rollout') return undefined;
  return { snapshotId, kind, path, at, ageSeconds: toAgeSeconds(at, now) };
};

/** The age of what happened at a time. */
export const toAgeSeconds = (at: string, now: Date): number =>
  Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1_000));

/** The warning of a start without state of an ID whose last incarnation has ended. None for another start. */
export const listEmptyStartWarnings = (
  { source, newest }: StateSource,
  { ended, clusterId }: Pick<Start, 'ended'> & Pick<ClusterRef, 'clusterId'>,
): readonly string[] => {
  if (source !== 'none' || ended?.mode !== 'application') return [];
  const start = `Cluster ${clusterId} starts without state, because its last incarnation is ${ended.state} and the spec names no state.`;
  if (newest === undefined) return [`${start} The ID has no snapshot that could be restored.`];
  const { kind, path, at, snapshotId } = newest;
  return [
    `${start} The newest snapshot of the ID is ${kind} ${path} of ${at}. To start from it, set job.restore: {snapshot: ${snapshotId}} (-Ddrey.restore.snapshot=${snapshotId}).`,
  ];
};
