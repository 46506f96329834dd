import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import * as z from 'zod';

import { admit } from '#shared/clusters/admission/queue.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';

const Asked = z.object({ target: z.string() });
const targetOf = ({ body }: SQSRecord) => Asked.parse(JSON.parse(body)).target;
const atOnce = 4;

/** Whoever's turn has come is started. What asks for it many times at once is one look at the line; a line that fails is asked for again, and keeps no other waiting. */
export const admitHandler = (ports: Ports) =>
  middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: earlyMs }).handler(async ({ Records }) => {
    const failed = new Set<string>();
    const take = async (target: string) => {
      try {
        await admit(target, ports);
      } catch (error) {
        failed.add(target);
        ports.log.warn('line not looked at', { target, detail: error instanceof Error ? error.message : '' });
      }
    };
    await pMap(new Set(Records.map(targetOf)), take, { concurrency: atOnce });
    const returned = Records.filter((record) => failed.has(targetOf(record)));
    return { batchItemFailures: returned.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  });

export const handler = admitHandler(live);
