import * as z from 'zod';

import { flinkVersions } from '#events/flink-version.ts';
import { recordPage } from '#events/http/paging.ts';
import { SnapshotId } from '#events/names.ts';
import { Principal } from '#events/principal.ts';
import { Problem } from '#events/problems/problem.ts';

import { Time } from './time.ts';

/** A snapshot as the table stores it. Whether it is in progress or has failed follows from its operation. */
export const StoredSnapshot = z.strictObject({
  target: z.string(),
  clusterId: z.string(),
  snapshotId: SnapshotId,
  kind: z.enum(['savepoint', 'checkpoint']),
  format: z.enum(['CANONICAL', 'NATIVE']).optional().meta({ description: 'Of a savepoint: its binary format.' }),
  trigger: z.enum(['manual', 'rollout', 'stop', 'schedule']).meta({
    description:
      'manual: a command asked for the snapshot. stop: a job or its cluster was stopped with it. rollout: it carries the state to another revision, or to another job of a session. schedule: the snapshot policy of the cluster took it.',
  }),
  jobId: z.string(),
  jobName: z.string(),
  clusterOperationId: z.string().meta({ description: 'The deploy operation of the incarnation that the job ran on.' }),
  revision: z
    .int()
    .min(1)
    .optional()
    .meta({ description: 'Number of the revision that this incarnation was deployed from.' }),
  flinkVersion: z.enum(flinkVersions),
  operationId: z.string().meta({ description: 'The operation that took the snapshot.' }),
  principal: Principal,
  path: z.string().optional().meta({ description: 'Where the complete snapshot is. Absent: Flink has not told it.' }),
  checkpoint: z.int().optional().meta({ description: 'Number of the checkpoint or savepoint in the job.' }),
  sizeBytes: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'Size of the state, as Flink reports it. Absent: Flink did not answer in time.' }),
  durationMs: z.int().min(0).optional().meta({ description: 'How long Flink took, end to end.' }),
  createdAt: Time,
  jobStartTime: Time.optional().meta({
    description:
      'Of a snapshot that an application ends with: when Flink had started its job, just before it was asked to end the job. A later start shows that the JobManager has restarted since.',
  }),
  completedAt: Time.optional().meta({ description: 'When Drey recorded the complete snapshot.' }),
  disposalOperationId: z.string().optional().meta({
    description:
      'The last operation that was to dispose of the snapshot. No command starts from it until that has ended.',
  }),
  restoreOperationId: z
    .string()
    .optional()
    .meta({ description: 'The last command that named the snapshot to start from it.' }),
  disposedAt: Time.optional(),
});
export type StoredSnapshot = Readonly<z.output<typeof StoredSnapshot>>;

export const SnapshotState = z.enum(['IN_PROGRESS', 'COMPLETED', 'FAILED', 'DISPOSED']);
export type SnapshotState = z.output<typeof SnapshotState>;

export const Snapshot = StoredSnapshot.extend({
  state: SnapshotState.meta({
    description:
      'IN_PROGRESS: its operation has not ended. COMPLETED: it can be restored. FAILED: its operation ended without it. DISPOSED: Flink has deleted it.',
  }),
  problem: Problem.optional().meta({ description: 'Why the snapshot failed.' }),
}).meta({ id: 'Snapshot' });
export type Snapshot = Readonly<z.output<typeof Snapshot>>;

export const Snapshots = z.strictObject({ snapshots: z.array(Snapshot), ...recordPage }).meta({ id: 'Snapshots' });

/** The end of a snapshot, or of its files. */
export const SnapshotChange = z
  .strictObject({
    id: z.string().meta({ description: 'ID of the change. Repeated deliveries have the same ID.' }),
    target: z.string(),
    clusterId: z.string(),
    jobId: z.string(),
    operationId: z.string().meta({ description: 'The operation that took the snapshot.' }),
    principal: Principal,
    snapshotId: SnapshotId,
    kind: StoredSnapshot.shape.kind,
    to: SnapshotState.exclude(['IN_PROGRESS']),
    path: StoredSnapshot.shape.path,
    sizeBytes: StoredSnapshot.shape.sizeBytes,
    durationMs: StoredSnapshot.shape.durationMs,
    problem: Problem.optional(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'SnapshotChange' });
export type SnapshotChange = Readonly<z.infer<typeof SnapshotChange>>;
