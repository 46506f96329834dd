import { GetCommand, QueryCommand, type QueryCommandInput, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';

import type { TableContext } from './context.ts';
import type { Item } from './items.ts';
import { type KeyRange, stateIndex, type TableKey } from './keys.ts';

interface IndexPage {
  readonly items: readonly Item[];
  /** Where the next page starts. */
  readonly next: Item | undefined;
}

export interface TableReader {
  /** Strongly consistent. */
  get(key: TableKey): Promise<Item | undefined>;
  /** The items of a range in the order of their sort keys. Strongly consistent. */
  query(range: KeyRange, limit?: number): Promise<readonly Item[]>;
  /** The last items of a partition, last first. Strongly consistent. */
  queryLast(pk: string, limit: number): Promise<readonly Item[]>;
  /** One page of the index. Eventually consistent. */
  queryIndex(state: string, page?: { readonly start?: Item | undefined; readonly limit?: number }): Promise<IndexPage>;
}

export const openReader = (context: TableContext): TableReader => {
  const { table, db } = context;
  return {
    async get(key) {
      const { Item } = await db.send(new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: true }));
      return Item;
    },

    query: ({ pk, from, to }, limit) =>
      queryPages(
        {
          KeyConditionExpression: 'pk = :pk and sk between :from and :to',
          ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
        },
        limit,
        context,
      ),

    queryLast: (pk, limit) =>
      queryPages(
        {
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ScanIndexForward: false,
        },
        limit,
        context,
      ),

    async queryIndex(state, { start, limit } = {}) {
      const { Items = [], LastEvaluatedKey } = await db.send(
        new QueryCommand({
          TableName: table,
          IndexName: stateIndex,
          KeyConditionExpression: 'byState = :state',
          ExpressionAttributeValues: { ':state': state },
          ExclusiveStartKey: start,
          Limit: limit,
        }),
      );
      return { items: Items, next: LastEvaluatedKey };
    },
  };
};

/** Reads page by page, because one response has at most 1 MB. */
const queryPages = async (
  input: Omit<QueryCommandInput, 'TableName'>,
  limit = Infinity,
  { table, db }: TableContext,
): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page: QueryCommandOutput = await db.send(
      new QueryCommand({
        ...input,
        TableName: table,
        ConsistentRead: true,
        ExclusiveStartKey: start,
        Limit: limit === Infinity ? undefined : limit - items.length,
      }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined && items.length < limit);
  return items;
};
