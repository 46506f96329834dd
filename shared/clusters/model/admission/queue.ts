import * as z from 'zod';

import { Principal } from '#events/principal.ts';
import { Demand } from '#events/records/target.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

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
});
export type QueuedCommand = Readonly<z.output<typeof QueuedCommand>>;

/**
 * What the admitted commands of a target take, in all and for each team. It is kept while the target has limits, so that an
 * admission pass need not read every admitted command. Each change of the admitted commands changes it in the same
 * transaction, except starts without limits.
 */
export const StoredUsage = z.strictObject({
  total: Demand,
  /** Sorted by team. */
  teams: z.array(z.strictObject({ team: z.string(), demand: Demand }).readonly()).readonly(),
  /** Since when it is kept, in ISO 8601. */
  since: z.string(),
});
export type StoredUsage = Readonly<z.output<typeof StoredUsage>>;

const Reservation = z.strictObject({
  /** The command that reserves. */
  operationId: z.string(),
  /** When this period of reservations began, in ISO 8601. */
  since: z.string(),
});

/** The last reservation of each kind of command. It stays when its command ends without a start. */
export const Reservations = z.strictObject({
  deploy: Reservation.readonly().optional(),
  submit: Reservation.readonly().optional(),
});
export type Reservations = Readonly<z.output<typeof Reservations>>;

/** The record of an admission queue, whose version is the queue version. */
export const QueueControlRecord = z.strictObject({
  /** Set while starts are paused. */
  paused: z.strictObject({ since: z.string(), principal: Principal }).readonly().optional(),
  usage: StoredUsage.optional(),
  reservations: Reservations.optional(),
});
export type QueueControlRecord = Readonly<z.output<typeof QueueControlRecord>>;

/** What an admission queue says about itself, without its commands. */
export interface QueueHead {
  /** The optimistic lock of the queue control, incremented by each write of it. Undefined before the first one. */
  readonly queueVersion: number | undefined;
  readonly paused: QueueControlRecord['paused'];
  readonly usage: StoredUsage | undefined;
  readonly reservations: Reservations;
  /** The operations of commands that were released, and whose demand the usage still has. */
  readonly released: readonly string[];
  /** The number of queued commands, as passes and the reconciler count it, incremented by each new command. */
  readonly approximateSize: number;
}

/** A command as it is stored in the admission queue. */
export interface QueuedRecord extends Versioned<QueuedCommand> {
  /** The place of a command that waits for capacity only. Undefined for those that wait for something else. */
  readonly readyKey: string | undefined;
}

/** The admission queue of a target, and the commands that it has admitted. */
export interface QueueState extends QueueHead {
  readonly queued: readonly QueuedRecord[];
  /** Without those that were released. */
  readonly admitted: readonly QueuedCommand[];
}

/** Why a command waits. `Starting`: the next admission pass starts it. */
export interface PendingReason {
  readonly reason:
    | 'Starting'
    | 'WaitingForQuota'
    | 'WaitingForTurn'
    | 'WaitingForDependency'
    | 'WaitingForCluster'
    | 'Paused';
  /** A sentence for people. */
  readonly message: string;
}
