import type { Verdict } from '#events/operation.ts';
import type { EventOf } from '#events/transitions.ts';

/** The end of a command. It is stored once and then published. */
export interface VerdictRecord {
  readonly operationId: string;
  readonly target: string;
  readonly verdict: Verdict;
  readonly message?: string | undefined;
  readonly at: string;
}

/**
 * An event that a transaction stores with the change that it reports. It is published from the stream of the table, so
 * that no change is published that was not made, and none is made that is not published.
 */
export type OutboxEvent =
  | EventOf<'Flink Cluster State Change' | 'Flink Job State Change' | 'Flink Lifetime Warning'>
  | VerdictEvent;

/** Publication completes the detail with the fields of the operation. */
interface VerdictEvent {
  readonly type: 'Flink Command Finished';
  readonly detail: VerdictRecord;
}

export const toVerdictEvent = (verdict: VerdictRecord): OutboxEvent => ({
  type: 'Flink Command Finished',
  detail: verdict,
});
