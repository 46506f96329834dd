import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';

import { fire } from '#shared/clusters/fire.ts';
import { Firing } from '#shared/clusters/firing.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';

/** What EventBridge Scheduler sends when a time has come. What fails comes again, and is kept with an alarm in the end. */
export const fireHandler = (ports: Ports) =>
  middy<SQSEvent, void>({ timeoutEarlyInMillis: earlyMs }).handler(async ({ Records }, _context, { signal }) => {
    for (const { body } of Records) await fire(Firing.parse(JSON.parse(body)), ports, signal);
  });

export const handler = fireHandler(live);
