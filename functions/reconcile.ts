import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';

import { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import { reconcileTarget } from '#shared/clusters/reconcile/reconcile-target.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from '#functions/middleware/http.ts';

/** One look at a target, or at some of its clusters. What is not seen in time is seen in the next minute. */
export const lookHandler = (ports: Ports) =>
  middy<SQSEvent, void>({ timeoutEarlyInMillis: earlyMs }).handler(async ({ Records }, _context, { signal }) => {
    for (const { body } of Records) await reconcileTarget(ReconcileRequest.parse(JSON.parse(body)), ports, signal);
  });

export const handler = lookHandler(live);
