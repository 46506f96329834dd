import { AwsError } from '#shared/aws/transport/errors.ts';
import type { Call, DynamoDbAction, Operations } from '#shared/aws/transport/operations.ts';

import { assertItemSize } from './item-size.ts';

interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type TableItem = Readonly<Record<string, unknown>> & Key;
type Input<Name extends string> = Operations[`dynamodb:${Name}` & DynamoDbAction]['input'];
type Write = NonNullable<Input<'TransactWriteItems'>['TransactItems']>[number];
/** A request to DynamoDB. */
export type TableRequest = {
  [A in DynamoDbAction]: readonly [action: A, input: Operations[A]['input']];
}[DynamoDbAction];
type Values = Readonly<Record<string, unknown>>;

/** Ways in which a table differs from one that works. */
export interface TableHooks {
  /** Writes the item although this condition does not hold. */
  readonly ignoresCondition?: (key: Key, condition: string) => boolean;
  /** Replaces a value that `if_not_exists` keeps. */
  readonly replacesFirst?: boolean;
  /** Does not write this item of a transaction. */
  readonly loses?: (item: TableItem) => boolean;
  /** Runs the update of the index after a write. */
  readonly updateIndex?: (update: () => void) => void;
  /** Receives each new item, after all items of its transaction are written. */
  readonly onInsert?: (item: TableItem) => void;
}

/** One write of a transaction: whether its condition holds, and the item after it. */
interface PlannedWrite {
  readonly key: Key;
  readonly isAllowed: boolean;
  readonly next: TableItem | undefined;
}

/** A DynamoDB table in memory. It answers the commands and expressions that Drey uses, and throws for all others. */
export class FakeTable {
  readonly items = new Map<string, TableItem>();
  private readonly index = new Map<string, TableItem>();
  private readonly hooks: TableHooks;

  constructor(hooks: TableHooks = {}) {
    this.hooks = hooks;
  }

  /** Puts items into the table and its index. */
  load(items: readonly TableItem[]): void {
    for (const item of structuredClone(items)) {
      this.items.set(idOf(item), item);
      this.updateIndex(idOf(item), item);
    }
  }

  /** As the adapter has it. */
  readonly call: Call<DynamoDbAction> = async (action, input) =>
    this.answer([action, input] as unknown as TableRequest) as never; // The answer of this action.

  answer([action, input]: TableRequest): unknown {
    switch (action) {
      case 'dynamodb:GetItem':
        return { Item: structuredClone(this.items.get(idOf(input.Key as unknown as Key))) };
      case 'dynamodb:BatchGetItem':
        return this.getMany(input);
      case 'dynamodb:Query':
        return this.query(input);
      case 'dynamodb:TransactWriteItems':
        return this.transact(input.TransactItems ?? []);
      case 'dynamodb:PutItem':
        return this.writeOne({ Put: input });
      case 'dynamodb:DeleteItem':
        return this.writeOne({ Delete: input });
      default:
        return this.updateSize(input);
    }
  }

  private getMany({ RequestItems = {} }: Input<'BatchGetItem'>) {
    const found = Object.entries(RequestItems).map(([table, { Keys = [] }]) => {
      const ids = Keys.map((key) => idOf(key as unknown as Key));
      if (Keys.length > 100) throw new Error('Too many items requested for the BatchGetItem call');
      if (new Set(ids).size < ids.length) throw new Error('Provided list of item keys contains duplicates');
      return [table, structuredClone(ids.flatMap((id) => this.items.get(id) ?? []))];
    });
    return { Responses: Object.fromEntries(found) as Record<string, readonly TableItem[]> };
  }

  private query(input: Input<'Query'>) {
    const isOfIndex = input.IndexName !== undefined;
    const found = isOfIndex ? this.queryIndex(input) : this.queryItems(input);
    const ordered = input.ScanIndexForward === false ? found.toReversed() : found;
    const start = input.ExclusiveStartKey;
    const rest =
      start === undefined ? ordered : ordered.slice(ordered.findIndex((item) => idOf(item) === idOf(start as Key)) + 1);
    const page = rest.slice(0, Math.min(input.Limit ?? rest.length, countWithinResponse(rest)));
    const last = page.at(-1);
    const isFull = page.length === input.Limit || page.length < rest.length;
    const nextKey = isFull && last !== undefined ? keyOf(last, isOfIndex) : undefined;
    return { Items: structuredClone(page), Count: page.length, LastEvaluatedKey: nextKey };
  }

  private queryIndex({ ExpressionAttributeValues: values = {} }: Input<'Query'>): readonly TableItem[] {
    return [...this.index.values()].filter((item) => item['byState'] === values[':state']).toSorted(byKey);
  }

  private queryItems({
    KeyConditionExpression,
    ExpressionAttributeValues: values = {},
  }: Input<'Query'>): readonly TableItem[] {
    const isRange = KeyConditionExpression === 'pk = :pk and sk between :from and :to';
    if (!isRange && KeyConditionExpression !== 'pk = :pk')
      throw new Error(`the fake table does not know the key condition ${KeyConditionExpression ?? ''}`);
    return [...this.items.values()]
      .filter(({ pk, sk }) => pk === values[':pk'] && (!isRange || isBetween(sk, values)))
      .toSorted(byKey);
  }

  private transact(writes: readonly Write[]) {
    const planned = writes.map((write) => this.plan(write));
    if (planned.length > 100) throw new Error('Member must have length less than or equal to 100');
    if (new Set(planned.map(({ key }) => idOf(key))).size < planned.length)
      throw new Error('Transaction request cannot include multiple operations on one item');
    const codes = planned.map(({ isAllowed }) => (isAllowed ? 'None' : 'ConditionalCheckFailed'));
    if (planned.some(({ isAllowed }) => !isAllowed)) throw toCanceled(codes);
    for (const { next } of planned) assertItemSize(next);
    this.write(planned);
    return {};
  }

  private writeOne(write: Write) {
    const planned = this.plan(write);
    if (!planned.isAllowed) throw new AwsError('ConditionalCheckFailedException', { status: 400 });
    assertItemSize(planned.next);
    this.write([planned]);
    return {};
  }

  /** The number of queued commands is the one value that is updated outside transactions. */
  private updateSize({
    Key,
    UpdateExpression = '',
    ExpressionAttributeValues: values = {},
  }: Input<'UpdateItem'>): unknown {
    const key = Key as unknown as Key;
    const isAddition = UpdateExpression === 'ADD queueSize :size';
    if (!isAddition && UpdateExpression !== 'SET queueSize = :size')
      throw new Error(`the fake table does not know the update ${UpdateExpression}`);
    const before = isAddition ? Number(this.items.get(idOf(key))?.['queueSize'] ?? 0) : 0;
    this.items.set(idOf(key), { ...key, queueSize: before + Number(values[':size']) });
    return {};
  }

  private plan({ Put, Delete, Update, ConditionCheck }: Write): PlannedWrite {
    const key = (Put?.Item ?? (Delete ?? Update ?? ConditionCheck)?.Key) as unknown as Key;
    const { ConditionExpression, ExpressionAttributeValues = {} } = Put ?? Delete ?? Update ?? ConditionCheck ?? {};
    const isAllowed = this.isMet(key, ConditionExpression, ExpressionAttributeValues);
    if (Delete !== undefined) return { key, isAllowed, next: undefined };
    if (ConditionCheck !== undefined) return { key, isAllowed, next: this.items.get(idOf(key)) };
    if (Put !== undefined) return { key, isAllowed, next: structuredClone(Put.Item) as unknown as TableItem };
    return { key, isAllowed, next: this.update(key, Update) };
  }

  private update(
    key: Key,
    { UpdateExpression = '', ...update }: NonNullable<Write['Update']> = {} as never,
  ): TableItem {
    const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = update;
    if (UpdateExpression !== 'SET #value = if_not_exists(#value, :value)')
      return withoutUndefined({
        ...this.items.get(idOf(key)),
        ...key,
        ...applyUpdate(UpdateExpression, names, values),
      });
    const existing = this.hooks.replacesFirst === true ? undefined : this.items.get(idOf(key));
    return existing ?? { ...key, value: structuredClone(values[':value'] as unknown) };
  }

  private isMet(key: Key, condition: string | undefined, values: Values): boolean {
    if (condition === undefined || this.hooks.ignoresCondition?.(key, condition) === true) return true;
    const existing = this.items.get(idOf(key));
    switch (condition) {
      case 'attribute_not_exists(pk)':
        return existing === undefined;
      case 'attribute_not_exists(place)':
        return existing?.['place'] === undefined;
      case 'place = :place':
        return existing?.['place'] === values[':place'];
      case 'claimedBy = :name':
        return existing?.['claimedBy'] === values[':name'];
      case 'attribute_not_exists(pk) or claimedBy = :name or #ttl < :now':
        return (
          existing === undefined ||
          existing['claimedBy'] === values[':name'] ||
          Number(existing['ttl']) < Number(values[':now'])
        );
      case 'attribute_exists(pk) and attribute_not_exists(#revision)':
        return existing !== undefined && existing['revision'] === undefined;
      case '#revision = :revision':
        return existing?.['revision'] === values[':revision'];
      case 'version = :previous':
        return existing?.['version'] === values[':previous'];
      case 'attribute_not_exists(pk) or #ttl < :now':
        return existing === undefined || Number(existing['ttl']) < Number(values[':now']);
      default:
        throw new Error(`the fake table does not know the condition ${condition}`);
    }
  }

  private write(planned: readonly PlannedWrite[]): void {
    const inserted: TableItem[] = [];
    for (const { key, next } of planned) {
      const id = idOf(key);
      if (next !== undefined && this.hooks.loses?.(next) === true) continue;
      if (next !== undefined && !this.items.has(id)) inserted.push(next);
      if (next === undefined) this.items.delete(id);
      else this.items.set(id, next);
      this.updateIndex(id, next);
    }
    for (const item of inserted) this.hooks.onInsert?.(item);
  }

  private updateIndex(id: string, next: TableItem | undefined): void {
    const update = () => {
      if (next === undefined) this.index.delete(id);
      else if (Number(this.index.get(id)?.['version'] ?? 0) <= Number(next['version'])) this.index.set(id, next);
    };
    if (this.hooks.updateIndex === undefined) update();
    else this.hooks.updateIndex(update);
  }
}

/** The attributes that an update changes: `SET #a = :a, #b = :b REMOVE #c`. */
const applyUpdate = (expression: string, names: Readonly<Record<string, string>>, values: Values): Values => {
  const [, sets = '', removes = ''] = /^SET ((?:#\w+ = :\w+(?:, )?)+)(?: REMOVE (.+))?$/.exec(expression) ?? [];
  if (sets === '') throw new Error(`the fake table does not know the update ${expression}`);
  const set = sets.split(', ').map((part) => part.split(' = '));
  return {
    ...Object.fromEntries(set.map(([name = '', value = '']) => [names[name], structuredClone(values[value])])),
    ...Object.fromEntries(removes === '' ? [] : removes.split(', ').map((name) => [names[name], undefined])),
  };
};

/** For messages: the kind of a request and the sort keys that it names. */
export const describeRequest = ([action, input]: TableRequest): string => {
  if (action === 'dynamodb:TransactWriteItems') return `write ${(input.TransactItems ?? []).map(sortKeyOf).join(' ')}`;
  if (action === 'dynamodb:GetItem') return `read ${String(input.Key?.['sk'])}`;
  if (action === 'dynamodb:BatchGetItem') return 'read many';
  return action === 'dynamodb:Query' ? 'query' : action;
};

const sortKeyOf = ({ Put, Delete, Update, ConditionCheck }: Write) =>
  String(Put?.Item?.['sk'] ?? (Delete ?? Update ?? ConditionCheck)?.Key?.['sk']);

export const toCanceled = (codes: readonly string[]) =>
  new AwsError('TransactionCanceledException', {
    status: 400,
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

const withoutUndefined = (item: TableItem): TableItem =>
  Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as TableItem; // The keys stay.

const idOf = ({ pk, sk }: Key) => `${pk}|${sk}`;

const keyOf = ({ pk, sk, byState }: TableItem, isOfIndex: boolean) => ({ pk, sk, ...(isOfIndex ? { byState } : {}) });

/** A response of DynamoDB has at most 1 MB, and at least one item. */
const countWithinResponse = (items: readonly TableItem[]): number => {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += JSON.stringify(item).length;
    return bytes > 1024 * 1024;
  });
  return end === -1 ? items.length : Math.max(end, 1);
};

const byKey = (one: Key, other: Key) => (idOf(one) < idOf(other) ? -1 : 1);

const isBetween = (sk: string, values: Values) => sk >= String(values[':from']) && sk <= String(values[':to']);
