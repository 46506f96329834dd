import type { Context, SQSBatchResponse } from 'aws-lambda';
import { expect, it } from 'vitest';

import { admitHandler } from '#functions/admit.ts';
import { makeContext, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeWorld } from '#test/fakes/world.ts';

it.each(['{', '{}', '{"target":1}'])('returns the unreadable message %s alone, and admits the others', async (body) => {
  const { ports } = makeWorld();
  const Records = [makeSqsRecord(body), makeSqsRecord({ target: 'local' }), makeSqsRecord({ target: 'not-there' })];
  const handle = admitHandler(ports) as unknown as (event: object, context: Context) => Promise<SQSBatchResponse>;

  const { batchItemFailures } = await handle({ Records }, makeContext());

  expect(batchItemFailures).toEqual([Records[0], Records[2]].map((one) => ({ itemIdentifier: one?.messageId })));
});
