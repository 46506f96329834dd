import middy from '@middy/core';
import type { SQSEvent, SQSRecord } from 'aws-lambda';

import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';

import { failures } from '../middleware/failures.ts';
import { timeoutEarlyMs } from './timeout.ts';

/** A function behind a queue whose messages are handled in order. A message that fails returns to the queue. */
export const sqsHandler = (world: World, handle: (record: SQSRecord, ports: Ports) => Promise<void>) =>
  middy<SQSEvent, void>({ timeoutEarlyInMillis: timeoutEarlyMs })
    .use(failures())
    .handler(async ({ Records }, _context, { signal }) => {
      const ports = portsFor(world, { signal });
      for (const record of Records) await handle(record, ports);
    });
