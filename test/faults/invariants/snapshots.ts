import type { Snapshot, StoredSnapshot } from '#events/records/snapshots.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findLastForgotten } from '#shared/clusters/model/revision.ts';
import { withSnapshotState } from '#shared/clusters/model/snapshot.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listClusters, listJobs, listOperations, listRevisions } from './stored.ts';

const listSnapshots = ({ table }: ModelWorld) =>
  [...table.items.values()].filter(({ sk }) => sk.startsWith('snapshot#')).map(({ value }) => value as StoredSnapshot);

/** No savepoint is disposed of from which a job runs, or that a kept revision was restored from. */
export const checkDisposal = (path: string, world: ModelWorld): readonly string[] => {
  const newest = new Map(listClusters(world).map(({ clusterId, revision = 0 }) => [clusterId, revision]));
  const isKept = ({ clusterId, number }: StoredRevision) => number > findLastForgotten(newest.get(clusterId) ?? 0);
  const revision = listRevisions(world).find((one) => one.restoredFrom === path && isKept(one));
  return [
    ...(world.kubernetes.clusters.isRestoredFrom(path) ? [`savepoint ${path} of a running job was disposed of`] : []),
    ...(revision === undefined ? [] : [`savepoint ${path} of revision ${revision.number} was disposed of`]),
  ];
};

/**
 * Each savepoint that a job names is COMPLETED in the catalogue, and its event is stored. Each command that takes a savepoint
 * has one snapshot, which is or was COMPLETED if the command succeeded.
 */
export const checkSnapshots = (world: ModelWorld): readonly string[] => {
  const operations = new Map(listOperations(world).map((operation) => [operation.operationId, operation]));
  const snapshots = listSnapshots(world).map((one) => withSnapshotState(one, operations.get(one.operationId)));
  const taken = snapshots.filter(({ completedAt }) => completedAt !== undefined);
  const complete = snapshots.filter(({ state }) => state === 'COMPLETED');
  const listMissing = (named: readonly (string | undefined)[], known: readonly Snapshot[]) => {
    const paths = new Set([undefined, ...known.map(({ path }) => path)]);
    return named.filter((path) => !paths.has(path));
  };
  const ofJobs = listJobs(world).flatMap(({ savepoint, finalSavepoint }) => [savepoint, finalSavepoint]);
  return [
    ...listMissing(ofJobs, complete).map((path) => `savepoint ${path} of a job is not COMPLETED in the catalogue`),
    ...listMissing(
      [...operations.values()].map(({ savepoint }) => savepoint),
      taken,
    ).map((path) => `savepoint ${path} of an operation is not in the catalogue`),
    ...complete
      .filter(({ clusterId, snapshotId }) => !hasEvent({ clusterId, snapshotId }, world))
      .map(({ snapshotId }) => `snapshot ${snapshotId} is COMPLETED without an event`),
    ...[...operations.values()]
      .filter(({ kind }) => kind === 'savepoint' || kind === 'stop-job')
      .flatMap((operation) => checkCommand(operation, snapshots)),
  ];
};

const hasEvent = ({ clusterId, snapshotId }: Pick<StoredSnapshot, 'clusterId' | 'snapshotId'>, { table }: ModelWorld) =>
  table.items.has(`target#local/cluster#${clusterId}|event#snapshot#${snapshotId}#COMPLETED`);

const checkCommand = (operation: StoredOperation, snapshots: readonly Snapshot[]): readonly string[] => {
  const { operationId, kind, state } = operation;
  const found = snapshots.filter((one) => one.operationId === operationId);
  const [snapshot] = found;
  if (snapshot === undefined || found.length > 1) return [`the ${kind} ${operationId} has ${found.length} snapshots`];
  const agrees = state !== 'SUCCEEDED' || snapshot.completedAt !== undefined;
  return agrees ? [] : [`the ${kind} ${operationId} is ${state}, and its snapshot is ${snapshot.state}`];
};
