import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import * as z from 'zod';

import { toProblem } from '#events/problem.ts';
import { admit } from '#shared/clusters/admission/admit.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { parseMessage } from './handlers/sqs.ts';
import { timeoutEarlyMs } from './handlers/timeout.ts';
import { logFailure } from './middleware/failures.ts';

const AdmissionRequest = z.strictObject({ target: z.string() });
const parseTarget = ({ body }: SQSRecord) => parseMessage(AdmissionRequest, body).target;
const maxTargetsAtOnce = 4;

/**
 * Admits queued commands. Several requests for one target are one pass over its queue. A target that fails returns to
 * the queue and delays no other.
 */
export const admitHandler = (world: World) =>
  middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: timeoutEarlyMs }).handler(
    async ({ Records }, _context, { signal }) => {
      const ports = portsFor(world, { signal });
      const failed = new Set<string>();
      const admitTo = async (target: string) => {
        try {
          await admit(target, ports);
        } catch (error) {
          failed.add(target);
          reportFailure(target, error, ports);
        }
      };
      await pMap(new Set(Records.map(parseTarget)), admitTo, { concurrency: maxTargetsAtOnce });
      const returned = Records.filter((record) => failed.has(parseTarget(record)));
      return { batchItemFailures: returned.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
  );

const reportFailure = (target: string, error: unknown, { metrics }: Ports) => {
  logFailure('admission failed', error, { target });
  metrics.record('FailedAdmissions', { fields: { target, code: toProblem(error).code } });
};

export const handler = admitHandler(live);
