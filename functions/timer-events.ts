import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';

import { handleTimerEvent } from '#shared/clusters/schedules/handle-timer-event.ts';
import { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from '#functions/middleware/http.ts';

/** The queue's `maxReceiveCount`. */
export const maxTimerEventReceives = 5;

/** What EventBridge Scheduler sends when a time has come. What fails comes again, and is kept with an alarm in the end. */
export const fireHandler = (ports: Ports) =>
  middy<SQSEvent, void>({ timeoutEarlyInMillis: earlyMs }).handler(async ({ Records }, _context, { signal }) => {
    for (const { body, messageId, attributes } of Records) {
      const sentAt = new Date(Number(attributes.SentTimestamp));
      const isLast = Number(attributes.ApproximateReceiveCount) >= maxTimerEventReceives;
      await handleTimerEvent(TimerEvent.parse(JSON.parse(body)), { messageId, sentAt, isLast }, ports, signal);
    }
  });

export const handler = fireHandler(live);
