import * as z from 'zod';

import { Verdict } from '#events/records/operation.ts';
import type { EventOf } from '#events/records/transitions.ts';

/** The end of a command. It is stored once and then published. */
export const VerdictRecord = z.strictObject({
  operationId: z.string(),
  target: z.string(),
  verdict: Verdict,
  message: z.string().optional(),
  at: z.string(),
});
export type VerdictRecord = Readonly<z.output<typeof VerdictRecord>>;

/**
 * An event that a transaction stores with the change that it reports. It is published from the stream of the table, so
 * that no change is published that was not made, and none is made that is not published.
 */
export type OutboxEvent =
  | EventOf<
      | 'Flink Cluster State Change'
      | 'Flink Job State Change'
      | 'Flink Job Rescaled'
      | 'Flink Lifetime Warning'
      | 'Flink Logs Kept'
      | 'Flink Rollout State Change'
      | 'Flink Snapshot State Change'
    >
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
