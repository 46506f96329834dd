import type { SnapshotChange, StoredSnapshot } from '#events/records/snapshots.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';

import type { Change } from './records.ts';
import { findRequest } from './request.ts';

/**
 * The snapshots that are complete, disposed or failed from this change on. A change that is written again has the same
 * ID, and the first one stays.
 *
 * @param ended The operations that end with the change. The savepoints of a stopped cluster fail without an event.
 */
export const listSnapshotChanges = (
  { snapshots = [] }: Change,
  ended: readonly StoredOperation[],
): readonly SnapshotChange[] => [...snapshots.flatMap(({ value }) => toChange(value)), ...ended.flatMap(toFailure)];

const toChange = (snapshot: StoredSnapshot): readonly SnapshotChange[] => {
  const { target, clusterId, jobId, operationId, principal, snapshotId, kind } = snapshot;
  const { path, sizeBytes, durationMs, completedAt, disposedAt } = snapshot;
  const at = disposedAt ?? completedAt;
  if (at === undefined) return [];
  const to = disposedAt === undefined ? 'COMPLETED' : 'DISPOSED';
  const ids = { id: toChangeId(snapshotId, to), target, clusterId, jobId, operationId, principal, snapshotId };
  return [{ ...ids, kind, to, ...omitUndefined({ path, sizeBytes, durationMs }), at }];
};

const toFailure = (operation: StoredOperation): readonly SnapshotChange[] => {
  const request = findRequest(operation, 'savepoint', 'checkpoint', 'stop-job');
  if (request === undefined || operation.state === 'SUCCEEDED') return [];
  const { operationId, target, clusterId, jobId = request.data.jobId, principal, problem, updatedAt: at } = operation;
  const ids = { id: toChangeId(operationId, 'FAILED'), target, clusterId, jobId, operationId, principal };
  const kind = request.kind === 'checkpoint' ? 'checkpoint' : 'savepoint';
  return [{ ...ids, snapshotId: operationId, kind, to: 'FAILED', ...omitUndefined({ problem }), at }];
};

const toChangeId = (snapshotId: string, to: SnapshotChange['to']): string => `${snapshotId}/${to}`;
