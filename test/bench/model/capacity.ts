import {
  BatchGetCommand,
  type DeleteCommand,
  GetCommand,
  type PutCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
  type UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

import { countBytes } from '#test/fakes/item-size.ts';
import type { TableItem } from '#test/fakes/table.ts';

/** The request units of DynamoDB that a command consumes. */
export interface Units {
  readonly read: number;
  readonly write: number;
}

export const noUnits: Units = { read: 0, write: 0 };

type Items = ReadonlyMap<string, TableItem>;
interface Key {
  readonly pk: string;
  readonly sk: string;
}
type Write = NonNullable<TransactWriteCommand['input']['TransactItems']>[number];
type SingleWrite = PutCommand | DeleteCommand | UpdateCommand;

/** The keys that a transaction writes, by which another one conflicts with it. */
export const listTransactionKeys = (command: unknown): readonly string[] =>
  command instanceof TransactWriteCommand ? listWrites(command).map(keyOf) : [];

/**
 * Starts to count the units of a command, before it takes effect. The returned function counts them afterwards.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const openMeter = (command: unknown, items: Items): ((answer: unknown) => Units) => {
  if (isReadCommand(command)) return (answer) => ({ read: countReadUnits(command, answer), write: 0 });
  const keys = listWrites(command as TransactWriteCommand | SingleWrite).map(keyOf); // The table knows no other command.
  const before = new Map(keys.map((key) => [key, items.get(key)]));
  const factor = command instanceof TransactWriteCommand ? 2 : 1;
  return () => ({
    read: 0,
    write: sum(keys.map((key) => countWriteUnits(before.get(key), items.get(key), factor))),
  });
};

type ReadCommand = GetCommand | QueryCommand | BatchGetCommand | TransactGetCommand;

const isReadCommand = (command: unknown): command is ReadCommand =>
  command instanceof GetCommand ||
  command instanceof QueryCommand ||
  command instanceof BatchGetCommand ||
  command instanceof TransactGetCommand;

/** A query is charged by the sum of what it reads, all other commands by each item. */
const countReadUnits = (command: ReadCommand, answer: unknown): number => {
  if (command instanceof QueryCommand) {
    const { Items: found = [] } = (answer ?? {}) as { Items?: readonly unknown[] };
    const blocks = Math.max(1, Math.ceil(sum(found.map(countBytes)) / 4_096));
    return command.input.ConsistentRead === true ? blocks : blocks / 2;
  }
  if (command instanceof GetCommand) {
    const blocks = countBlocks((answer as { Item?: unknown } | undefined)?.Item);
    return command.input.ConsistentRead === true ? blocks : blocks / 2;
  }
  if (command instanceof TransactGetCommand) {
    const { Responses: found = [] } = (answer ?? {}) as { Responses?: readonly { readonly Item?: unknown }[] };
    return sum(found.map(({ Item }) => 2 * countBlocks(Item)));
  }
  const requests = Object.values(command.input.RequestItems ?? {});
  const asked = sum(requests.map(({ Keys = [] }) => Keys.length));
  const found = Object.values((answer as { Responses?: Record<string, readonly unknown[]> }).Responses ?? {}).flat();
  const blocks = sum(found.map(countBlocks)) + (asked - found.length);
  return requests.every(({ ConsistentRead }) => ConsistentRead === true) ? blocks : blocks / 2;
};

const countBlocks = (item: unknown): number => (item === undefined ? 1 : Math.ceil(countBytes(item) / 4_096));

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

const listWrites = (command: TransactWriteCommand | SingleWrite): readonly Key[] =>
  command instanceof TransactWriteCommand
    ? (command.input.TransactItems ?? []).map(keyOfWrite)
    : [('Item' in command.input ? command.input.Item : command.input.Key) as unknown as Key];

const keyOfWrite = ({ Put, Delete, Update, ConditionCheck }: Write): Key =>
  (Put?.Item ?? Delete?.Key ?? Update?.Key ?? ConditionCheck?.Key) as unknown as Key; // A write has one of them.

const keyOf = ({ pk, sk }: Key): string => `${pk}|${sk}`;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
