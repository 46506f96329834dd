import type { ProblemCode } from '#events/problems/problem-table.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest, type RequestOf } from '#shared/clusters/model/records/request.ts';

/**
 * The state that the snapshot machine passes from step to step. Its operation takes a savepoint or a checkpoint, stops a
 * job with a savepoint, or disposes of a savepoint.
 */
export interface SnapshotState {
  readonly operationId: string;
  readonly attempt?: number;
  /** The id that Flink gave to the disposal of a savepoint. The other requests have the id of the operation. */
  readonly triggerId?: string;
  readonly outcome?: 'done' | 'waiting' | 'failed';
  readonly waitSeconds?: number;
  /** The snapshot is not requested yet, because not all tasks of the job are RUNNING. */
  readonly waitsFor?: 'tasks';
  /** Location of the completed savepoint. */
  readonly savepoint?: string;
  /** Id of the completed checkpoint. */
  readonly checkpoint?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** The state that makes the step hold, or the machine repeat it. */
export const toWaiting = ({ operationId, triggerId }: SnapshotState): SnapshotState => ({
  operationId,
  outcome: 'waiting',
  ...(triggerId === undefined ? {} : { triggerId }),
});

export const toFailed = (
  { operationId }: SnapshotState,
  { reason, message }: { readonly reason: ProblemCode; readonly message: string },
): SnapshotState => ({
  operationId,
  outcome: 'failed',
  reason,
  message,
});

export const toDone = (
  { operationId }: SnapshotState,
  { savepoint, checkpoint }: { readonly savepoint?: string | undefined; readonly checkpoint?: number | undefined },
): SnapshotState => ({
  operationId,
  outcome: 'done',
  ...(savepoint === undefined ? {} : { savepoint }),
  ...(checkpoint === undefined ? {} : { checkpoint }),
});

/** The path of the savepoint that the operation deletes; undefined when it takes one. */
export const findDisposedPath = (operation: StoredOperation): string | undefined => {
  const request = findRequest(operation, 'dispose-savepoint', 'dispose-snapshot');
  return request?.kind === 'dispose-savepoint' ? request.data.path : request?.path;
};

/** The request of an operation that takes a snapshot. An operation without one is a bug. */
export const getSnapshotRequest = (operation: StoredOperation): RequestOf<'savepoint' | 'checkpoint' | 'stop-job'> => {
  const request = findRequest(operation, 'savepoint', 'checkpoint', 'stop-job');
  if (request === undefined) throw new Error(`operation ${operation.operationId} takes no snapshot`);
  return request;
};

/** Whether the job ends with the savepoint. */
export const endsJob = (operation: StoredOperation): boolean =>
  operation.kind === 'stop-job' || findRequest(operation, 'savepoint')?.data.cancelJob === true;
