import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import pMap from 'p-map';
import * as z from 'zod';

import { dreyPrincipals } from '#events/principal.ts';
import { admit, type PassOptions } from '#shared/clusters/admission/admit.ts';
import { codeOfFailure, logFailure } from '#shared/clusters/ports/failures.ts';
import { portsFor, type World } from '#shared/clusters/ports/ports.ts';
import { payloads, queues, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { parseMessage } from './handlers/sqs.ts';
import { failEarly, newTimeoutFault } from './handlers/timeout.ts';
import { background } from './middleware/background.ts';

const AdmissionRequest = z.strictObject({ target: z.string(), onlyReady: z.boolean().optional() });

/** No message returns to the queue. */
const noneReturned: SQSBatchResponse = { batchItemFailures: [] };

/**
 * Admits queued commands. Several requests for one target are one pass over its queue. A target that fails, a message that is
 * unreadable, and a function whose time is up are logged. No message returns to the queue, because it would block the later
 * ones of its target until it is visible again: the next minute requests another pass.
 */
export const admitHandler = (world: World) => {
  const logAdmissionFailure = (error: unknown, target?: string): void => {
    logFailure({ message: 'admission failed', error, fields: { target }, log: world.log });
    world.metrics.record('FailedAdmissions', { fields: { target, code: codeOfFailure(error) } });
  };
  const tryFor = async <T>(target: string | undefined, work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      logAdmissionFailure(error, target);
      return undefined;
    }
  };
  const timeoutEarlyResponse = () => {
    logAdmissionFailure(newTimeoutFault());
    return noneReturned;
  };
  return middy<SQSEvent, SQSBatchResponse>({ ...failEarly(), timeoutEarlyResponse })
    .use(background(dreyPrincipals.admission))
    .handler(async ({ Records }, _context, { signal }) => {
      const ports = portsFor(world, { signal, principal: dreyPrincipals.admission });
      const passes = new Map<string, PassOptions>();
      for (const { body } of Records) {
        const request = await tryFor(undefined, () => parseMessage(AdmissionRequest, body));
        if (request === undefined) continue;
        const { target, onlyReady = false } = request;
        passes.set(target, { onlyReady: onlyReady && passes.get(target)?.onlyReady !== false });
      }
      await pMap(passes, ([target, options]) => tryFor(target, () => admit(target, ports, options)));
      return noneReturned;
    });
};

export const handler = admitHandler(openWorld<'admit'>({ table, workflows, payloads, queues }));
