import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';

import { admitHandler } from '#functions/admit.ts';
import { makeContext, makeSqsRecord } from '#test/fakes/lambda.ts';
import { makeWorld } from '#test/fakes/world.ts';

const handle = (bodies: readonly unknown[], ports: ReturnType<typeof makeWorld>['ports']) =>
  (admitHandler(ports) as unknown as (event: object, context: Context) => Promise<void>)(
    { Records: bodies.map((body) => makeSqsRecord(body)) },
    makeContext(),
  );

it.each(['{', '{}', '{"target":1}'])('ignores the unreadable message %s, and admits for the others', async (body) => {
  const { ports, store } = makeWorld();
  const passes: string[] = [];
  const queueHead = store.queueHead.bind(store);
  store.queueHead = async (target) => {
    passes.push(target);
    return queueHead(target);
  };

  await handle([body, { target: 'not-there' }, { target: 'local' }, { target: 'local' }], ports);

  expect(passes).toEqual(['local']);
});

it.each([
  [[true, true], 0],
  [[true, undefined], 1],
  [[undefined, true], 1],
])(
  'of the requests %j of a target, makes one pass, which reads the waiting commands %i times',
  async (wishes, count) => {
    const { ports, store } = makeWorld();
    let reads = 0;
    store.waitingCommands = async () => {
      reads += 1;
      return [];
    };

    await handle(
      wishes.map((onlyReady) => ({ target: 'local', onlyReady })),
      ports,
    );

    expect(reads).toBe(count);
  },
);

it('ends before its timeout without a message that returns, so that no target has to wait', async () => {
  const { ports, store } = makeWorld();
  store.waitingCommands = () => Promise.withResolvers<never>().promise;
  const handler = admitHandler(ports) as unknown as (event: object, context: Context) => Promise<unknown>;
  // The time that is left is that of an early end.
  const context = { ...makeContext(), getRemainingTimeInMillis: () => 1_510 };

  expect(await handler({ Records: [makeSqsRecord({ target: 'local' })] }, context)).toEqual({ batchItemFailures: [] });
});
