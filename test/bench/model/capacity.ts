import type { Operations } from '#shared/aws/transport/operations.ts';
import { countBytes } from '#test/fakes/item-size.ts';
import type { TableItem, TableRequest } from '#test/fakes/table.ts';

import { sum } from '../measure.ts';

/** The request units of DynamoDB that a request consumes. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

export const noUnits: Units = { read: 0, write: 0 };

type BatchGet = Operations['dynamodb:BatchGetItem'];
type Items = ReadonlyMap<string, TableItem>;
interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The keys that a transaction writes, by which another one conflicts with it. */
export const listTransactionKeys = (request: TableRequest | undefined): readonly string[] =>
  request?.[0] === 'dynamodb:TransactWriteItems' ? listWrites(request).map(keyOf) : [];

/**
 * Starts to count the units of a request, before it takes effect. The returned function counts them afterwards.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const openMeter = (request: TableRequest, items: Items): ((answer: unknown) => Units) => {
  const [action, input] = request;
  if (action === 'dynamodb:GetItem' || action === 'dynamodb:Query')
    return (answer) => ({ read: countBlocks(answer) * (input.ConsistentRead === true ? 1 : 0.5), write: 0 });
  if (action === 'dynamodb:BatchGetItem') return (answer) => ({ read: countBatch(input, answer), write: 0 });
  const keys = listWrites(request).map(keyOf);
  const before = new Map(keys.map((key) => [key, items.get(key)]));
  const factor = action === 'dynamodb:TransactWriteItems' ? 2 : 1;
  return () => ({
    read: 0,
    write: sum(keys.map((key) => countWriteUnits(before.get(key), items.get(key), factor))),
  });
};

/** A query is charged by the sum of what it reads. */
const countBlocks = (answer: unknown): number => {
  const { Item, Items = Item === undefined ? [] : [Item] } = (answer ?? {}) as { Item?: unknown; Items?: unknown[] };
  return Math.max(1, Math.ceil(sum(Items.map(countBytes)) / 4_096));
};

/** A batch is charged by each item, and by each key without one. */
const countBatch = ({ RequestItems = {} }: BatchGet['input'], answer: unknown): number => {
  const { Responses = {} } = answer as BatchGet['output'];
  const units = Object.entries(RequestItems).map(([table, { Keys = [], ConsistentRead }]) => {
    const items = Responses[table] ?? [];
    const blocks = sum(items.map((Item) => countBlocks({ Item }))) + Keys.length - items.length;
    return ConsistentRead === true ? blocks : blocks / 2;
  });
  return sum(units);
};

/** The units of an item in the table and in the index, which is not part of the transaction. */
const countWriteUnits = (before: TableItem | undefined, after: TableItem | undefined, factor: number): number =>
  factor * Math.max(countKilobytes(before), countKilobytes(after)) + countIndexUnits(before, after);

const countIndexUnits = (before: TableItem | undefined, after: TableItem | undefined): number => {
  const [old, next] = [before?.['byState'], after?.['byState']];
  if (old !== undefined && old === next) return Math.max(countKilobytes(before), countKilobytes(after));
  return (old === undefined ? 0 : countKilobytes(before)) + (next === undefined ? 0 : countKilobytes(after));
};

const countKilobytes = (item: TableItem | undefined): number =>
  item === undefined ? 1 : Math.ceil(countBytes(item) / 1_024);

const listWrites = ([action, input]: TableRequest): readonly Key[] => {
  switch (action) {
    case 'dynamodb:TransactWriteItems':
      return (input.TransactItems ?? []).map(
        // A write has one of them.
        ({ Put, Delete, Update, ConditionCheck }) =>
          (Put?.Item ?? Delete?.Key ?? Update?.Key ?? ConditionCheck?.Key) as unknown as Key,
      );
    case 'dynamodb:PutItem':
      return [input.Item as unknown as Key];
    case 'dynamodb:DeleteItem':
    case 'dynamodb:UpdateItem':
      return [input.Key as unknown as Key];
    default:
      return [];
  }
};

const keyOf = ({ pk, sk }: Key): string => `${pk}|${sk}`;
