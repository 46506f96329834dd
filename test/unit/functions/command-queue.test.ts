import { expect, it } from 'vitest';

import { deliverCommands, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeWorld } from '#test/fakes/world.ts';

it('logs why a rejected command cannot be kept, and returns it', async () => {
  const { ports, bus } = makeWorld();
  const errors: unknown[][] = [];
  bus.reject = async () => {
    throw new TypeError('x is undefined');
  };
  const record = makeSqsRecord('{');
  const log = { ...ports.log, error: (...line: unknown[]) => errors.push(line) };

  const returned = await deliverCommands([record], { ...ports, log });

  expect(returned).toEqual([record.messageId]);
  expect(errors).toMatchObject([['command not discarded', { error: { message: 'x is undefined' } }]]);
});
