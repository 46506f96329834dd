import * as z from 'zod';

import type { BatchItem } from '#events/batch-item.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import { ProblemCodeName } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import type { Schedule, ScheduleRun } from '#events/records/schedules.ts';
import type { QueuedCommand, QueuedRecord, QueueHead } from '#shared/clusters/model/admission/queue.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';

import type { OutboxEvent } from './outbox.ts';

/**
 * One transaction, which is written as a whole or not at all. `previous` is the version that was read. Undefined means
 * that the record must not exist yet.
 */
export interface Change {
  readonly cluster?: { readonly value: Cluster; readonly previous: number | undefined };
  /** The clusters of commands that start together. */
  readonly clusters?: readonly { readonly value: Cluster; readonly previous: number | undefined }[];
  readonly operations?: readonly { readonly value: StoredOperation; readonly previous: number | undefined }[];
  readonly jobs?: readonly { readonly value: Job; readonly previous: number | undefined }[];
  /** New revisions, and those whose retention starts again. */
  readonly revisions?: readonly { readonly value: StoredRevision; readonly previous: number | undefined }[];
  readonly snapshots?: readonly { readonly value: StoredSnapshot; readonly previous: number | undefined }[];
  /** Events to publish. An operation that has a verdict keeps it. */
  readonly events?: readonly OutboxEvent[];
  readonly idempotency?: Idempotency;
  readonly refusal?: Refusal;
  /**
   * The control record of an admission queue. `previous` is the queue version that the decision was based on (optimistic
   * lock).
   */
  readonly queueControl?: {
    readonly target: string;
    readonly paused: QueueHead['paused'];
    readonly usage: QueueHead['usage'];
    readonly reservations: QueueHead['reservations'];
    readonly previous: number | undefined;
  };
  /** Commands that join the admission queue, or change in it. With another ready key a command has another record. */
  readonly queued?: readonly (Pick<QueuedRecord, 'value' | 'readyKey'> & { readonly previous: number | undefined })[];
  /** Commands that hold capacity of the target from now on. */
  readonly admitted?: readonly QueuedCommand[];
  /** Records that leave the admission queue. One with a version must still have it. */
  readonly dequeued?: readonly (QueuedRef & { readonly version?: number | undefined })[];
  /** Commands whose capacity becomes free. The next admission pass subtracts their demand from the usage. */
  readonly released?: readonly CommandRef[];
  /** Released commands that are removed, because the usage no longer includes their demand. */
  readonly settled?: readonly CommandRef[];
  readonly batchItems?: readonly BatchItem[];
  /** The target that the change was decided for. Nothing is written when the target was changed or removed since. */
  readonly unchangedTarget?: NamedTarget;
  /** Without a value the schedule is removed. */
  readonly schedule?: ScheduleName & { readonly value: Schedule | undefined; readonly previous: number | undefined };
  readonly run?: { readonly value: ScheduleRun; readonly previous: number | undefined };
}

export interface ScheduleName {
  readonly target: string;
  readonly name: string;
}

/** Identifies a command in the admission queue, or among the admitted ones. */
export type CommandRef = Pick<QueuedCommand, 'target' | 'operationId'>;

/** Identifies the record of a queued command. */
export type QueuedRef = CommandRef & Partial<Pick<QueuedRecord, 'readyKey'>>;

/** The stored part of a refusal. Its key has the rest. */
export const RefusalRecord = z.strictObject({ code: ProblemCodeName });

/** A rejected message of the command queue. Commands that depend on its key fail instead of waiting for it. */
export interface Refusal extends Readonly<z.output<typeof RefusalRecord>> {
  readonly target: string;
  readonly key: string;
  readonly expiresAt: Date;
}

/** The operation that an idempotency key belongs to. */
export interface Idempotency {
  readonly target: string;
  readonly key: string;
  /** SHA-256 of the command. It tells a repeated command from another command with the same key. */
  readonly fingerprint: string;
  readonly operationId: string;
  readonly expiresAt: Date;
}
