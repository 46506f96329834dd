import * as z from 'zod';

import { Principal } from '#events/principal.ts';
import { Demand } from '#events/records/target.ts';

/** A command in the admission queue of its target. After its admission the same record says what it holds. */
export const QueuedCommand = z.strictObject({
  operationId: z.string(),
  kind: z.enum(['deploy', 'submit']),
  target: z.string(),
  clusterId: z.string(),
  principal: Principal,
  /** Who changed the priority last. */
  updatedBy: Principal.optional(),
  /** The value of the label `team`, or an empty string. */
  team: z.string(),
  priority: z.number(),
  /** When the command was recorded, in ISO 8601. */
  since: z.string(),
  /** By when the command has to start, in ISO 8601. */
  deadline: z.string(),
  /** Idempotency keys or operation ids of the commands that have to finish first. */
  dependsOn: z.array(z.string()).readonly(),
  demand: Demand,
  /** The operation id of the failed deploy of the previous incarnation, whose capacity this deploy takes over. */
  replaces: z.string().optional(),
  /** Since when the command has reserved capacity of the target, in ISO 8601. */
  reservesSince: z.string().optional(),
});
export type QueuedCommand = Readonly<z.output<typeof QueuedCommand>>;

/** The record of an admission queue, whose version is the queue version. */
export const QueueControlRecord = z.strictObject({
  /** Set while starts are paused. */
  paused: z.strictObject({ since: z.string(), principal: Principal }).readonly().optional(),
});
export type QueueControlRecord = Readonly<z.output<typeof QueueControlRecord>>;

/** The admission queue of a target, and the commands that it has admitted. */
export interface QueueState {
  /** The optimistic lock of the queue: each admission and each pause increments it. Undefined before the first one. */
  readonly queueVersion: number | undefined;
  readonly paused: QueueControlRecord['paused'];
  readonly queued: readonly { readonly value: QueuedCommand; readonly version: number }[];
  readonly admitted: readonly QueuedCommand[];
  /** The number of queued commands at the last admission pass, incremented by each command since. */
  readonly approximateSize: number;
}

/**
 * The state of a queue without its queued commands, because they may be thousands. `queued` is exact for an empty queue,
 * and approximate for all others.
 */
export type QueueSummary = Omit<QueueState, 'queued' | 'approximateSize'> & { readonly queued: number };

/** Why a command waits. */
export interface PendingReason {
  readonly reason: 'WaitingForQuota' | 'WaitingForTurn' | 'WaitingForDependency' | 'WaitingForCluster' | 'Paused';
  /** A sentence for people. */
  readonly message: string;
}
