import type { Cluster } from '#events/cluster.ts';
import type { Job } from '#events/job.ts';
import type { Verdict } from '#events/operation.ts';
import type { ProblemCode } from '#events/problem-table.ts';
import type { Schedule, ScheduleRun } from '#events/schedules.ts';

import type { StoredOperation } from './operation.ts';
import type { OutboxEvent } from './outbox.ts';
import type { QueuedCommand, QueueState } from './queue.ts';

/** What became of one application of a batch. */
export interface BatchItem {
  readonly batchId: string;
  readonly batchIndex: number;
  readonly clusterId: string;
  readonly operationId?: string | undefined;
  readonly verdict?: Verdict | undefined;
  readonly message?: string | undefined;
}

/** One transaction: all of it or nothing. `previous` is the version that was read; undefined: there must be none. */
export interface Change {
  readonly cluster?: { readonly value: Cluster; readonly previous: number | undefined };
  readonly operations?: readonly { readonly value: StoredOperation; readonly previous: number | undefined }[];
  readonly jobs?: readonly { readonly value: Job; readonly previous: number | undefined }[];
  /** Events to publish. The first verdict of an operation stays. */
  readonly events?: readonly OutboxEvent[];
  readonly idempotency?: Idempotency;
  readonly refusal?: Refusal;
  /** The line of a target: who admits, and who drains or resumes, names the version that the decision was made on. */
  readonly queueVersion?: {
    readonly target: string;
    readonly paused: QueueState['paused'];
    readonly previous: number | undefined;
  };
  readonly queued?: { readonly value: QueuedCommand; readonly previous: number | undefined };
  readonly admitted?: readonly QueuedCommand[];
  /** Those that wait no longer. */
  readonly dequeued?: readonly CommandRef[];
  /** Those that hold their part of the target no longer. */
  readonly released?: readonly CommandRef[];
  readonly batchItems?: readonly BatchItem[];
  /** Without a value it is removed. */
  readonly schedule?: ScheduleName & { readonly value: Schedule | undefined; readonly previous: number | undefined };
  readonly run?: { readonly value: ScheduleRun; readonly previous: number | undefined };
}

export interface ScheduleName {
  readonly target: string;
  readonly name: string;
}

export type CommandRef = Pick<QueuedCommand, 'target' | 'operationId'>;

/** A command of the queue that was rejected: who depends on its key does not wait for it. */
export interface Refusal {
  readonly target: string;
  readonly key: string;
  readonly code: ProblemCode;
  readonly expiresAt: Date;
}

/** Which operation a key stands for. */
export interface Idempotency {
  readonly target: string;
  readonly key: string;
  /** SHA-256 of the command, to tell a repetition from another command under the same key. */
  readonly fingerprint: string;
  readonly operationId: string;
  readonly expiresAt: Date;
}
