import { createHash } from 'node:crypto';

import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { Snapshot, SnapshotState, StoredSnapshot } from '#events/records/snapshots.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { LatestSavepoint } from '#shared/flink/rest/snapshots.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';

import { omitUndefined } from './omit-undefined.ts';

/**
 * How long the record of a snapshot is kept that cannot be restored for sure: one that failed or was disposed, and a
 * checkpoint, because Flink deletes old ones. The record of a complete savepoint stays.
 */
export const snapshotRetentionDays = 30;

/** Whether the record of a snapshot expires. */
export const isExpiring = ({ kind, completedAt, disposedAt }: StoredSnapshot): boolean =>
  kind === 'checkpoint' || completedAt === undefined || disposedAt !== undefined;

/** The ID of the savepoint that a stop of a cluster takes of one of its jobs. Other snapshots have that of their operation. */
export const toStopSnapshotId = (stopOperationId: string, jobId: string): string => `${stopOperationId}-${jobId}`;

/** The operation whose ID a snapshot ID begins with. */
export const toSnapshotOperationId = (snapshotId: string): string => snapshotId.slice(0, 32);

/** The trigger ID with which a stop of a cluster asks Flink for the savepoint of a job: 32 hexadecimal digits. */
export const toStopTriggerId = (stopOperationId: string, jobId: string): string =>
  createHash('sha256').update(`${stopOperationId}/${jobId}`).digest('hex').slice(0, 32);

/** The trigger ID with which Flink was asked for a savepoint. Other commands than a stop of a cluster use that of their operation. */
export const toTriggerId = ({ snapshotId, operationId, jobId }: StoredSnapshot): string =>
  snapshotId === operationId ? operationId : toStopTriggerId(operationId, jobId);

/** The number of a checkpoint, with which Flink's name of its directory ends. Undefined for a savepoint. */
export const findCheckpointNumber = (path: string): number | undefined => {
  const digits = /\/chk-(\d{1,15})\/?$/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

export const toSnapshotKind = (path: string): StoredSnapshot['kind'] =>
  findCheckpointNumber(path) === undefined ? 'savepoint' : 'checkpoint';

interface SnapshotSource {
  /** The operation that takes the snapshot: a command for one job, or a stop of the cluster. */
  readonly operation: StoredOperation;
  readonly cluster: Cluster;
  readonly job: Pick<Job, 'jobId' | 'name' | 'clusterOperationId'>;
  /** When Flink had started the job of an application that ends with the snapshot. */
  readonly jobStartTime?: string | undefined;
}

const toTrigger = (operation: StoredOperation): StoredSnapshot['trigger'] => {
  const isOfRollout =
    findRequest(operation, 'stop')?.rollout !== undefined ||
    findRequest(operation, 'stop-job')?.applyOperationId !== undefined;
  if (isOfRollout) return 'rollout';
  if (operation.kind === 'stop' || operation.kind === 'stop-job') return 'stop';
  // The reconciler takes savepoints for the policy of the cluster only.
  return operation.origin === 'reconciler' ? 'schedule' : 'manual';
};

/** The record of a snapshot that is about to be requested. */
export const newSnapshot = ({ operation, cluster, job, jobStartTime }: SnapshotSource): StoredSnapshot => {
  const { operationId, kind, principal, createdAt } = operation;
  const isStop = kind === 'stop';
  const endsWithCheckpoint = findRequest(operation, 'stop')?.rollout?.lastState === true;
  const snapshotKind = kind === 'checkpoint' || endsWithCheckpoint ? 'checkpoint' : 'savepoint';
  const format = findRequest(operation, 'savepoint', 'stop-job')?.data.format;
  return {
    target: cluster.target,
    clusterId: cluster.clusterId,
    snapshotId: isStop ? toStopSnapshotId(operationId, job.jobId) : operationId,
    kind: snapshotKind,
    ...omitUndefined({
      format: isStop && snapshotKind === 'savepoint' ? ('CANONICAL' as const) : format,
      revision: cluster.revision,
    }),
    trigger: toTrigger(operation),
    jobId: job.jobId,
    jobName: job.name,
    clusterOperationId: job.clusterOperationId,
    flinkVersion: cluster.flinkVersion,
    operationId,
    principal,
    createdAt,
    ...omitUndefined({ jobStartTime }),
  };
};

/** What Flink tells about a complete snapshot. */
export interface SnapshotResult {
  readonly path?: string | undefined;
  readonly checkpoint?: number | undefined;
  readonly sizeBytes?: number | undefined;
  readonly durationMs?: number | undefined;
}

/** The result of a savepoint that Flink reports as the last one of a job. */
export const toSnapshotResult = ({ location, checkpoint, sizeBytes, durationMs }: LatestSavepoint): SnapshotResult => ({
  path: location,
  checkpoint,
  sizeBytes,
  durationMs,
});

/** The write of a snapshot that Flink has completed. What is known from an earlier report stays. */
export const completeRecord = (
  { value, version }: { readonly value: StoredSnapshot; readonly version: number | undefined },
  result: SnapshotResult,
  now: Date,
) => ({
  value: { ...value, ...omitUndefined({ ...result }), completedAt: value.completedAt ?? now.toISOString() },
  previous: version,
});

export const isRestorable = ({ completedAt, disposedAt }: StoredSnapshot): boolean =>
  completedAt !== undefined && disposedAt === undefined;

const stateOf = (
  { completedAt, disposedAt }: StoredSnapshot,
  operation: Pick<StoredOperation, 'state'> | undefined,
): SnapshotState => {
  if (disposedAt !== undefined) return 'DISPOSED';
  if (completedAt !== undefined) return 'COMPLETED';
  return operation === undefined || isTerminalOperation(operation) ? 'FAILED' : 'IN_PROGRESS';
};

/** A snapshot as callers see it. While it is not complete, its operation says whether it still may be. */
export const withSnapshotState = (
  snapshot: StoredSnapshot,
  operation: Pick<StoredOperation, 'state' | 'problem'> | undefined,
): Snapshot => {
  const state = stateOf(snapshot, operation);
  return { ...snapshot, state, ...(state === 'FAILED' ? omitUndefined({ problem: operation?.problem }) : {}) };
};
