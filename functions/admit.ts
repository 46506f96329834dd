import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import pMap from 'p-map';
import * as z from 'zod';

import { dreyPrincipals } from '#events/principal.ts';
import { admit } from '#shared/clusters/admission/admit.ts';
import { codeOfFailure, logFailure } from '#shared/clusters/ports/failures.ts';
import { portsFor, type World } from '#shared/clusters/ports/ports.ts';
import { payloads, queues, table, workflows } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { parseMessage } from './handlers/sqs.ts';
import { failEarly } from './handlers/timeout.ts';
import { background } from './middleware/background.ts';

const AdmissionRequest = z.strictObject({ target: z.string() });
const maxTargetsAtOnce = 4;

/**
 * Admits queued commands. Several requests for one target are one pass over its queue. A target that fails, or a message
 * that is unreadable, returns to the queue and delays no other.
 */
export const admitHandler = (world: World) =>
  middy<SQSEvent, SQSBatchResponse>(failEarly())
    .use(background(dreyPrincipals.admission))
    .handler(async ({ Records }, _context, { signal }) => {
      const ports = portsFor(world, { signal, principal: dreyPrincipals.admission });
      const returned: string[] = [];
      const tryFor = async (messages: Messages, work: () => void | Promise<void>) => {
        try {
          await work();
        } catch (error) {
          returned.push(...messages.ids);
          const { target } = messages;
          logFailure({ message: 'admission failed', error, fields: { target }, log: ports.log });
          ports.metrics.record('FailedAdmissions', { fields: { target, code: codeOfFailure(error) } });
        }
      };
      const byTarget = new Map<string, string[]>();
      for (const { messageId, body } of Records)
        await tryFor({ ids: [messageId] }, () => {
          const { target } = parseMessage(AdmissionRequest, body);
          byTarget.set(target, [...(byTarget.get(target) ?? []), messageId]);
        });
      await pMap(byTarget, ([target, ids]) => tryFor({ target, ids }, () => admit(target, ports)), {
        concurrency: maxTargetsAtOnce,
      });
      return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
    });

/** The messages that fail together. An unreadable one has no target. */
interface Messages {
  readonly target?: string;
  readonly ids: readonly string[];
}

export const handler = admitHandler(openWorld<'admit'>({ table, workflows, payloads, queues }));
