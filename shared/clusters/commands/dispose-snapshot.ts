import { Fault } from '#events/problems/problem.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { isRestorable } from '#shared/clusters/model/snapshot.ts';
import { findUse, readRestored } from '#shared/clusters/restore/snapshot-use.ts';
import { getCluster, getSnapshot } from '#shared/clusters/store/read.ts';

import { assertRunning } from './assertions.ts';
import { newSnapshotOperation, recordSnapshotOperation, startSnapshot } from './savepoints.ts';
import type { UseCase } from './use-case.ts';

/** Deletes a savepoint through the Flink of its cluster, as `dispose-savepoint` does for a path. */
export const disposeSnapshot: UseCase<'dispose-snapshot'> = {
  async record({ target, clusterId = '', data, ...command }, keyFor, ports) {
    await ports.targets.get(target);
    const clusterRef = { target, clusterId };
    const [{ value: cluster }, { value: snapshot, version }] = await Promise.all([
      getCluster(clusterRef, ports.store),
      getSnapshot(clusterRef, data.snapshotId, ports.store),
    ]);
    assertRunning(cluster);
    const path = getDisposablePath(snapshot);
    const use = findUse(snapshot, await readRestored(clusterRef, [snapshot], ports.store));
    if (use !== undefined) throw new Fault('wrong-state', use);
    const request = { kind: 'dispose-snapshot', data, path } as const;
    const operation = newSnapshotOperation({ clusterRef, command, request }, ports);
    // No command starts from the snapshot from now on.
    const marked = { ...snapshot, disposalOperationId: operation.operationId };
    return recordSnapshotOperation({ operation, snapshots: [{ value: marked, previous: version }], keyFor }, ports);
  },

  advance: startSnapshot,
};

/** @throws Fault `wrong-state` for a checkpoint, which Flink deletes itself, and for what is not complete. */
const getDisposablePath = (snapshot: StoredSnapshot): string => {
  const { snapshotId, kind, path } = snapshot;
  if (kind === 'checkpoint')
    throw new Fault('wrong-state', `Snapshot ${snapshotId} is a checkpoint. Flink deletes checkpoints itself.`);
  if (isRestorable(snapshot) && path !== undefined) return path;
  const state = snapshot.disposedAt === undefined ? 'is not complete' : 'is already DISPOSED';
  throw new Fault('wrong-state', `Snapshot ${snapshotId} ${state}.`);
};
