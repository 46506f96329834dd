import type { QueryCommandInput } from '@aws-sdk/lib-dynamodb';

import { AwsError } from '#shared/aws/transport/errors.ts';
import { countFitting } from '#shared/clusters/model/page.ts';

import type { TableContext } from './context.ts';
import type { Item } from './items.ts';
import { type KeyRange, stateIndex, type TableKey } from './keys.ts';

interface IndexPage {
  readonly items: readonly Item[];
  /** Where the next page starts. */
  readonly next: Item | undefined;
}

interface QueryPage {
  readonly limit: number;
  readonly start?: TableKey | undefined;
  readonly order?: 'ascending' | 'descending';
}

export interface TableReader {
  /** Strongly consistent. */
  get(key: TableKey): Promise<Item | undefined>;
  /** The items of keys, in any order. A key without an item has none. Strongly consistent. */
  getMany(keys: readonly TableKey[]): Promise<readonly Item[]>;
  /** The items of a range in the order of their sort keys. Strongly consistent. */
  query(range: KeyRange, limit?: number): Promise<readonly Item[]>;
  /** Items of a range that follow `start`, as many as a response of the API holds. Strongly consistent. */
  queryPage(range: KeyRange, page: QueryPage): Promise<{ readonly items: readonly Item[]; readonly hasMore: boolean }>;
  /** One page of the index. Eventually consistent. */
  queryIndex(state: string, page?: { readonly start?: Item | undefined; readonly limit?: number }): Promise<IndexPage>;
}

export const openReader = (context: TableContext): TableReader => {
  const { table, db } = context;
  return {
    async get(key) {
      const { Item } = await db('dynamodb:GetItem', { TableName: table, Key: { ...key }, ConsistentRead: true });
      return Item;
    },

    async getMany(keys) {
      const unique = [...new Map(keys.map((key) => [`${key.pk}|${key.sk}`, key])).values()];
      const parts = Array.from({ length: Math.ceil(unique.length / maxKeys) }, (_, index) =>
        unique.slice(index * maxKeys, (index + 1) * maxKeys),
      );
      return (await Promise.all(parts.map((part) => getPart(part, context)))).flat();
    },

    async query(range, limit = Infinity) {
      return (await readPages(range, { limit }, context)).items;
    },

    queryPage: (range, page) =>
      readPages(range, { ...page, isFull: (items) => countFitting(items, page.limit) < items.length }, context),

    async queryIndex(state, { start, limit } = {}) {
      const { Items = [], LastEvaluatedKey } = await db('dynamodb:Query', {
        TableName: table,
        IndexName: stateIndex,
        KeyConditionExpression: 'byState = :state',
        ExpressionAttributeValues: { ':state': state },
        ExclusiveStartKey: start,
        Limit: limit,
      });
      return { items: Items, next: LastEvaluatedKey };
    },
  };
};

/** A request has at most so many keys. */
const maxKeys = 100;
/** A response has at most 16 MB. DynamoDB then returns the other keys as unprocessed. */
const maxRequests = 5;

/** @throws AwsError `ProvisionedThroughputExceededException` when DynamoDB leaves keys each time. */
const getPart = async (keys: readonly TableKey[], { table, db }: TableContext): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let left: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
  for (let request = 0; left.length > 0; request += 1) {
    if (request === maxRequests)
      throw new AwsError('ProvisionedThroughputExceededException', {
        status: 400,
        message: 'DynamoDB leaves keys unread.',
      });
    const { Responses = {}, UnprocessedKeys = {} } = await db('dynamodb:BatchGetItem', {
      RequestItems: { [table]: { Keys: left, ConsistentRead: true } },
    });
    items.push(...(Responses[table] ?? []));
    left = UnprocessedKeys[table]?.Keys ?? [];
  }
  return items;
};

interface ReadOptions extends QueryPage {
  /** Whether no other page has to be read, although the limit is not reached. */
  readonly isFull?: (items: readonly Item[]) => boolean;
}

/** Reads page by page, because one response of DynamoDB has at most 1 MB. */
const readPages = async (
  { pk, from, to }: KeyRange,
  { limit, start, order = 'ascending', isFull = () => false }: ReadOptions,
  { table, db }: TableContext,
): ReturnType<TableReader['queryPage']> => {
  const items: Item[] = [];
  let next: Record<string, unknown> | undefined = start === undefined ? undefined : { ...start };
  do {
    const query: QueryCommandInput = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk and sk between :from and :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
      ConsistentRead: true,
      ScanIndexForward: order === 'ascending',
      ExclusiveStartKey: next,
      Limit: limit === Infinity ? undefined : limit - items.length,
    };
    const page = await db('dynamodb:Query', query);
    items.push(...(page.Items ?? []));
    next = page.LastEvaluatedKey;
  } while (next !== undefined && items.length < limit && !isFull(items));
  return { items, hasMore: next !== undefined };
};
