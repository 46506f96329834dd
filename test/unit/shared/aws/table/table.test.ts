import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';

import { openTable } from '#shared/aws/table/table.ts';

const tableOf = (send: (command: { readonly input: QueryCommand['input'] }) => unknown) =>
  openTable({
    table: 'table',
    db: { send: async (command: { readonly input: QueryCommand['input'] }) => send(command) } as never,
    now: () => new Date(0),
    account: '000000000000',
  });

const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe('the store in the table', () => {
  it('reads one queued command for a summary, and the stored count', async () => {
    const queries: QueryCommand['input'][] = [];
    const { store } = tableOf(({ input }) => {
      queries.push(input);
      return input.ExpressionAttributeValues?.[':from'] === 'admitted#'
        ? {
            Items: [
              { sk: 'control', version: 3 },
              { sk: 'control#size', queueSize: 4_000 },
            ],
          }
        : { Items: [{ sk: 'queued#a' }], LastEvaluatedKey: { sk: 'queued#a' } };
    });

    expect(await store.queueSummary('local')).toMatchObject({ queueVersion: 3, admitted: [], queued: 4_000 });
    expect(
      queries.map(({ ExpressionAttributeValues, Limit }) => [ExpressionAttributeValues?.[':from'], Limit]),
    ).toEqual([
      ['admitted#', undefined],
      ['queued#', 1],
    ]);
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
    const { targets } = tableOf((command) => {
      sent.push(command);
      return { Item: { value, place: 'a' } };
    });

    await targets.putIfAbsent('local', value as never);

    expect(sent).toHaveLength(1);
  });
});
