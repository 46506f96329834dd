import { describe, expect, it } from 'vitest';

import type { NamedTarget } from '#events/records/target.ts';
import { targetKey } from '#shared/aws/table/keys.ts';
import { openTable } from '#shared/aws/table/table.ts';
import { FakeTable } from '#test/fakes/table.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import type { Operations } from '#shared/aws/transport/operations.ts';
import { toCanceled } from '#test/fakes/table.ts';

type Query = Operations['dynamodb:Query']['input'];
type BatchGet = Operations['dynamodb:BatchGetItem']['input'];

const tableOf = (answer: (input: Query) => unknown) =>
  openTable({
    table: 'table',
    db: (async (_action: string, input: Query) => answer(input)) as never,
    now: () => new Date(0),
    account: '000000000000',
  });

const cancelled = (...codes: readonly string[]) => toCanceled(codes);

describe('the store in the table', () => {
  it('reads the head of a queue without its commands', async () => {
    const queries: Query[] = [];
    const { store } = tableOf((input) => {
      queries.push(input);
      return {
        Items: [
          { sk: 'control', version: 3 },
          { sk: 'control#size', queueSize: 4_000 },
        ],
      };
    });

    expect(await store.queueHead('local')).toMatchObject({ queueVersion: 3, approximateSize: 4_000 });
    expect(queries.map(({ ExpressionAttributeValues: values }) => [values?.[':from'], values?.[':to']])).toEqual([
      ['control', 'control$'],
    ]);
  });

  it('reads again what DynamoDB leaves of a batch, and fails when it leaves the same each time', async () => {
    const counts: (number | undefined)[] = [];
    const { store } = tableOf((input) => {
      const { table } = (input as unknown as BatchGet).RequestItems ?? {};
      counts.push(table?.Keys?.length);
      return { Responses: {}, UnprocessedKeys: counts.length < 3 ? { table: { Keys: table?.Keys?.slice(1) } } : {} };
    });
    const commands = ['a', 'b', 'c'].map((operationId) => ({ operationId, clusterId: operationId, target: 'local' }));
    await store.queuedRecords(commands as never);
    const throttled = tableOf((input) => ({ UnprocessedKeys: (input as unknown as BatchGet).RequestItems }));

    expect(counts).toEqual([6, 5, 4]);
    await expect(throttled.store.queuedRecords(commands as never)).rejects.toMatchObject({ code: 'limit-reached' });
  });

  it('distributes the checks of a target over its copies of the revision, also of a target without one', async () => {
    const table = new FakeTable();
    const { store, targets } = openTable({
      table: 'table',
      db: table.call,
      now: () => new Date(0),
      account: '000000000000',
    });
    const checkAs = (target: NamedTarget, operationId: string) =>
      store.commit({ operations: [{ value: { operationId } as never, previous: undefined }], unchangedTarget: target });
    await targets.put('local', plainTarget);
    const known = await targets.get('local');

    await targets.put('local', { ...plainTarget, maxQueued: 7 });
    for (let copy = 0; copy < 20; copy += 1)
      await expect(checkAs(known, copy.toString(16).padStart(32, '0'))).rejects.toMatchObject({ code: 'conflict' });
    await checkAs(await targets.get('local'), 'a'.repeat(32));

    table.load([{ ...targetKey('local'), value: plainTarget }]);
    const old = await targets.getLatest('local');
    await checkAs(old, 'b'.repeat(32));
    await targets.put('local', plainTarget);
    await expect(checkAs(old, 'c'.repeat(32))).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    Object.assign(new Error('slow down'), { name: 'ThrottlingException' }),
    Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' }),
    cancelled('None', 'ThrottlingError'),
  ])('asks for a retry when DynamoDB throttles it: %s', async (error) => {
    const { store } = tableOf(() => {
      throw error;
    });

    await expect(store.operation('a')).rejects.toMatchObject({ code: 'limit-reached', retryAfterSeconds: 2 });
    await expect(store.commit({ dequeued: [{ target: 'local', operationId: 'a' }] })).rejects.toMatchObject({
      code: 'limit-reached',
    });
  });

  it.each([cancelled('ConditionalCheckFailed', 'None'), cancelled('TransactionConflict', 'ThrottlingError')])(
    'reports a conflict when another write was first: %s',
    async (error) => {
      const { store } = tableOf(() => {
        throw error;
      });

      await expect(store.commit({ dequeued: [{ target: 'local', operationId: 'a' }] })).rejects.toMatchObject({
        code: 'conflict',
      });
    },
  );
});

describe('the targets in the table', () => {
  const value = { cluster: 'eks', region: 'eu-central-1', namespace: 'flink' };

  it('are cached for a while, and read again by getLatest', async () => {
    let item: object | undefined = { value };
    const { targets } = tableOf(() => ({ Item: item }));
    await targets.get('local');
    item = undefined;

    expect(await targets.get('local')).toMatchObject({ name: 'local', cluster: 'eks' });
    await expect(targets.getLatest('local')).rejects.toMatchObject({ code: 'not-found' });
    await expect(targets.get('local')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keep an existing target when another is put if absent', async () => {
    const sent: unknown[] = [];
    const { targets } = tableOf((input) => {
      sent.push(input);
      return { Item: { value, place: 'a' } };
    });

    await targets.putIfAbsent('local', value as never);

    expect(sent).toHaveLength(1);
  });
});
