import type { Principal } from '#events/principal.ts';
import type { Demand } from '#events/target.ts';

/** A command in the admission queue of its target. After its admission the same record says what it holds. */
export interface QueuedCommand {
  readonly operationId: string;
  readonly kind: 'deploy' | 'submit';
  readonly target: string;
  readonly clusterId: string;
  readonly principal: Principal;
  /** The value of the label `team`, or an empty string. */
  readonly team: string;
  readonly priority: number;
  /** When the command was recorded, in ISO 8601. */
  readonly since: string;
  /** By when the command has to start, in ISO 8601. */
  readonly deadline: string;
  /** Idempotency keys or operation ids of the commands that have to finish first. */
  readonly dependsOn: readonly string[];
  readonly demand: Demand;
  /** The operation id of the failed deploy of the previous incarnation, whose capacity this deploy takes over. */
  readonly replaces?: string | undefined;
  /** Since when the command has reserved capacity of the target, in ISO 8601. */
  readonly reservesSince?: string | undefined;
}

/** The admission queue of a target, and the commands that it has admitted. */
export interface QueueState {
  /** The optimistic lock of the queue: each admission and each pause increments it. Undefined before the first one. */
  readonly queueVersion: number | undefined;
  /** Set while starts are paused. */
  readonly paused: { readonly since: string } | undefined;
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
