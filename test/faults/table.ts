import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

import type { Protection } from './protections.ts';
import type { Failure, Process, Simulation } from './simulation.ts';

const gone = 'gone';

type Item = Readonly<Record<string, unknown>> & { readonly pk: string; readonly sk: string };
type Write = NonNullable<TransactWriteCommand['input']['TransactItems']>[number];
type Put = NonNullable<Write['Put']>;

const longestIndexDelaySeconds = 3;

/** The table, at the level of what DynamoDB is asked and answers, in the part of its language that Drey uses. */
export class ModelTable {
  readonly items = new Map<string, Item>();
  /** Follows the table a little later. */
  private readonly index = new Map<string, Item>();
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly without: Protection | undefined;
  private readonly onInsert: (item: Item) => void;

  constructor(
    simulation: Simulation,
    random: () => number,
    { without, onInsert }: { without: Protection | undefined; onInsert: (item: Item) => void },
  ) {
    this.simulation = simulation;
    this.random = random;
    this.without = without;
    this.onInsert = onInsert;
  }

  /** The client of one process. */
  clientOf(process: Process) {
    return {
      send: (command: unknown): Promise<unknown> => {
        const writes = [TransactWriteCommand, PutCommand, UpdateCommand].some((kind) => command instanceof kind);
        return this.simulation.call<unknown>(process, {
          what: nameOf(command),
          apply: () => this.answer(command),
          failures: writes ? [conflict, throttled, lost(false), lost(true)] : [throttled, lost(false)],
        });
      },
    };
  }

  values<T>(prefix: string): readonly T[] {
    return [...this.items].filter(([key]) => key.startsWith(prefix)).map(([, item]) => item['value'] as T);
  }

  private answer(command: unknown): unknown {
    if (command instanceof GetCommand) {
      const { pk, sk } = command.input.Key as { pk: string; sk: string };
      return { Item: structuredClone(this.items.get(keyOf({ pk, sk }))) };
    }
    if (command instanceof QueryCommand) return this.query(command);
    if (command instanceof TransactWriteCommand) {
      this.write((command.input.TransactItems ?? []).map((write) => this.asPut(write)));
      return {};
    }
    if (command instanceof UpdateCommand) {
      const { Key, UpdateExpression = '', ExpressionAttributeValues = {} } = command.input;
      const key = Key as Pick<Item, 'pk' | 'sk'>;
      const before = UpdateExpression.startsWith('ADD') ? Number(this.items.get(keyOf(key))?.['queueSize'] ?? 0) : 0;
      this.items.set(keyOf(key), { ...key, queueSize: before + Number(ExpressionAttributeValues[':size']) });
      return {};
    }
    throw new Error(`the model knows no ${nameOf(command)}`);
  }

  private query({ input }: QueryCommand): unknown {
    const values = input.ExpressionAttributeValues ?? {};
    if (input.IndexName === 'byState') {
      const found = [...this.index.values()].filter((item) => item['byState'] === values[':state']);
      return { Items: structuredClone(found) };
    }
    const found = [...this.items.values()]
      .filter(({ pk, sk }) => pk === values[':pk'] && sk >= String(values[':from']) && sk <= String(values[':to']))
      .toSorted((one, other) => (one.sk < other.sk ? -1 : 1));
    return { Items: structuredClone(found.slice(0, input.Limit ?? found.length)), Count: found.length };
  }

  /** Deletions put nothing; the one update that there is keeps what is there. */
  private asPut({ Put, Delete, Update }: Write): Put {
    if (Put !== undefined) return Put;
    if (Delete !== undefined) return { TableName: Delete.TableName, Item: { ...Delete.Key, [gone]: true } };
    const key = Update?.Key as Pick<Item, 'pk' | 'sk'>;
    const known = this.without === 'verdict of the first' ? undefined : this.items.get(keyOf(key));
    return {
      TableName: Update?.TableName,
      Item: known ?? { ...key, value: Update?.ExpressionAttributeValues?.[':value'] },
    };
  }

  private write(puts: readonly Put[]): void {
    if (new Set(puts.map(({ Item }) => keyOf(Item as Item))).size < puts.length)
      throw new Error('Transaction request cannot include multiple operations on one item');
    const codes = puts.map((put) => (this.holds(put) ? 'None' : 'ConditionalCheckFailed'));
    if (codes.some((code) => code !== 'None')) throw cancelled(codes);
    const inserted: Item[] = [];
    for (const { Item } of puts) {
      const item = structuredClone(Item) as Item;
      const key = keyOf(item);
      if (this.without === 'idempotency record' && item.pk.startsWith('idempotency#')) continue;
      // A transaction that may end half-way: what stands behind the first item gets lost now and then.
      if (this.without === 'transaction' && item.sk.startsWith('event#transition#') && this.random() < 0.02) continue;
      if (item[gone] === true) {
        this.items.delete(key);
        continue;
      }
      const isNew = !this.items.has(key);
      this.items.set(key, item);
      this.simulation.after(this.random() * longestIndexDelaySeconds, () => {
        if (Number(this.index.get(key)?.['version'] ?? 0) <= Number(item['version'])) this.index.set(key, item);
      });
      if (isNew) inserted.push(item);
    }
    // Whoever is told sees all of the transaction.
    for (const item of inserted) this.onInsert(item);
  }

  private holds({ Item, ConditionExpression, ExpressionAttributeValues = {} }: Put): boolean {
    if (this.without === 'queue version' && (Item as Item).sk === 'control') return true;
    const existing = this.items.get(keyOf(Item as Item));
    switch (ConditionExpression) {
      case undefined:
        return true;
      case 'attribute_not_exists(pk)':
        return existing === undefined;
      case 'version = :previous':
        return this.without === 'version condition' || existing?.['version'] === ExpressionAttributeValues[':previous'];
      case 'attribute_not_exists(pk) or #ttl < :now':
        return existing === undefined || Number(existing['ttl']) < Number(ExpressionAttributeValues[':now']);
      default:
        throw new Error(`the model knows no condition ${ConditionExpression ?? ''}`);
    }
  }
}

const keyOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }) => `${pk}|${sk}`;

const nameOf = (command: unknown) => {
  if (command instanceof TransactWriteCommand)
    return `write ${(command.input.TransactItems ?? []).map(sortKeyOf).join(' ')}`;
  if (command instanceof GetCommand) return `read ${String(command.input.Key?.['sk'])}`;
  return command instanceof QueryCommand ? 'query' : (command?.constructor.name ?? 'command');
};

const sortKeyOf = ({ Put, Delete, Update }: Write) => String(Put?.Item?.['sk'] ?? (Delete ?? Update)?.Key?.['sk']);

const cancelled = (codes: readonly string[]) =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

const conflict: Failure<unknown> = {
  name: 'another transaction has the item',
  applied: false,
  seconds: 0.05,
  answer: () => {
    throw cancelled(['TransactionConflict']);
  },
};

const throttled: Failure<unknown> = {
  name: 'DynamoDB takes no more',
  applied: false,
  seconds: 1,
  answer: () => {
    throw Object.assign(new Error('throughput exceeded'), { name: 'ProvisionedThroughputExceededException' });
  },
};

/** After what the SDK tried by itself. */
const lost = (applied: boolean): Failure<unknown> => ({
  name: applied ? 'it is done, and no answer comes' : 'DynamoDB does not answer',
  applied,
  seconds: 3,
  answer: () => {
    throw Object.assign(new Error('the connection was closed'), { name: 'TimeoutError' });
  },
});
