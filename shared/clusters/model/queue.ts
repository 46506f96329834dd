import type { Demand } from '#events/target.ts';

/** What a command wants of its target: while it waits, and as long as it holds it. */
export interface QueuedCommand {
  readonly operationId: string;
  readonly kind: 'deploy' | 'submit';
  readonly target: string;
  readonly clusterId: string;
  /** The label `team`, or nothing. */
  readonly team: string;
  readonly priority: number;
  /** When it came. */
  readonly since: string;
  /** By when it has to be started. */
  readonly deadline: string;
  readonly dependsOn: readonly string[];
  readonly demand: Demand;
  /** The deploy of an earlier life of its cluster, which failed: what that holds still becomes its own. */
  readonly replaces?: string | undefined;
  /** Since when it has held up others because it does not fit into the target. */
  readonly reservesSince?: string | undefined;
}

/** Who waits for a target, and who holds how much of it. */
export interface QueueState {
  /** Counts the decisions made. */
  readonly queueVersion: number | undefined;
  /** Nothing is started. */
  readonly paused: { readonly since: string } | undefined;
  readonly queued: readonly { readonly value: QueuedCommand; readonly version: number }[];
  readonly admitted: readonly QueuedCommand[];
  /** About how many wait: counted at the last look at the line, and on by each that came since. */
  readonly approximateSize: number;
}

/** The same, without reading those who wait, as they may be thousands: nobody, or about so many. */
export type QueueSummary = Omit<QueueState, 'queued' | 'approximateSize'> & { readonly queued: number };

/** Why a command waits. */
export interface PendingReason {
  readonly reason: 'WaitingForQuota' | 'WaitingForTurn' | 'WaitingForDependency' | 'WaitingForCluster' | 'Paused';
  readonly message: string;
}
