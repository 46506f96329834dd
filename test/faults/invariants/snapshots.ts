import type { StoredSnapshot } from '#events/records/snapshots.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { withSnapshotState } from '#shared/clusters/model/snapshot.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listJobs, listOperations } from './stored.ts';

const listSnapshots = ({ table }: ModelWorld) =>
  [...table.items.values()].filter(({ sk }) => sk.startsWith('snapshot#')).map(({ value }) => value as StoredSnapshot);

/**
 * Each savepoint that a job or an operation names is COMPLETED in the catalogue, and its event is stored. Each command that
 * takes a savepoint has one snapshot, which is COMPLETED if the command succeeded.
 */
export const checkSnapshots = (world: ModelWorld): readonly string[] => {
  const operations = new Map(listOperations(world).map((operation) => [operation.operationId, operation]));
  const snapshots = listSnapshots(world).map((one) => withSnapshotState(one, operations.get(one.operationId)));
  const complete = snapshots.filter(({ state }) => state === 'COMPLETED');
  const paths = new Set(complete.map(({ path }) => path));
  const named = [...listJobs(world), ...operations.values()].flatMap((one) => [
    ...(one.savepoint === undefined ? [] : [one.savepoint]),
    ...('finalSavepoint' in one && one.finalSavepoint !== undefined ? [one.finalSavepoint] : []),
  ]);
  return [
    ...named.filter((path) => !paths.has(path)).map((path) => `savepoint ${path} is not COMPLETED in the catalogue`),
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

const checkCommand = (
  operation: StoredOperation,
  snapshots: readonly ReturnType<typeof withSnapshotState>[],
): readonly string[] => {
  const { operationId, kind, state } = operation;
  const found = snapshots.filter((one) => one.operationId === operationId);
  const [snapshot] = found;
  if (snapshot === undefined || found.length > 1) return [`the ${kind} ${operationId} has ${found.length} snapshots`];
  const agrees = state !== 'SUCCEEDED' || snapshot.state === 'COMPLETED';
  return agrees ? [] : [`the ${kind} ${operationId} is ${state}, and its snapshot is ${snapshot.state}`];
};
