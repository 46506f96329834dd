import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';

import { fire } from '#shared/clusters/fire.ts';
import { Firing } from '#shared/clusters/firing.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';

/** The queue's `maxReceiveCount`. */
export const mostFirings = 5;

/** What EventBridge Scheduler sends when a time has come. What fails comes again, and is kept with an alarm in the end. */
export const fireHandler = (ports: Ports) =>
  middy<SQSEvent, void>({ timeoutEarlyInMillis: earlyMs }).handler(async ({ Records }, _context, { signal }) => {
    for (const { body, messageId, attributes } of Records) {
      const sentAt = new Date(Number(attributes.SentTimestamp));
      const isLast = Number(attributes.ApproximateReceiveCount) >= mostFirings;
      await fire(Firing.parse(JSON.parse(body)), { messageId, sentAt, isLast }, ports, signal);
    }
  });

export const handler = fireHandler(live);
