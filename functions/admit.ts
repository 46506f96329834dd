import middy from '@middy/core';
import type { SQSEvent } from 'aws-lambda';
import * as z from 'zod';

import { admit } from '#shared/clusters/line.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';

const Asked = z.object({ target: z.string() });

/** Whoever's turn has come is started. What asks for it many times at once is one look at the line. */
export const admitHandler = (ports: Ports) =>
  middy<SQSEvent, void>({ timeoutEarlyInMillis: earlyMs }).handler(async ({ Records }) => {
    const targets = new Set(Records.map(({ body }) => Asked.parse(JSON.parse(body)).target));
    for (const target of targets) await admit(target, ports);
  });

export const handler = admitHandler(live);
