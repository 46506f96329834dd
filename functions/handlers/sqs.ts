import middy from '@middy/core';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';

import { lenient } from '#events/lenient.ts';
import type { Principal } from '#events/principal.ts';
import { parseWritten } from '#events/problems/problem.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';

import { background } from '../middleware/background.ts';
import { failEarly } from './timeout.ts';

/** A message that Drey sent to itself, maybe in another version. @throws Fault `version-mismatch` */
export const parseMessage = <S extends z.ZodType>(schema: S, body: string): z.output<S> =>
  parseWritten(lenient(schema, 'drop'), { kind: 'message', value: JSON.parse(body) });

interface QueueFunction {
  /** The part of Drey that the function is. */
  readonly principal: Principal;
  readonly handle: (record: SQSRecord, ports: Ports) => Promise<void>;
}

/** A function behind a queue whose messages are handled in order. A message that fails returns to the queue. */
export const sqsHandler = (world: World, { principal, handle }: QueueFunction) =>
  middy<SQSEvent, void>(failEarly())
    .use(background(principal))
    .handler(async ({ Records }, _context, { signal }) => {
      const ports = portsFor(world, { signal, principal });
      for (const record of Records) await handle(record, ports);
    });
