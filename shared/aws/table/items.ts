import { Fault } from '#events/problems/problem.ts';
import type { OutboxEvent } from '#shared/clusters/model/records/outbox.ts';
import { type Listed, countFitting, formatCursor, type Page } from '#shared/clusters/model/page.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

import type { TableKey } from './keys.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

/** An item as the table returns it. */
export type Item = Readonly<Record<string, unknown>>;

export const versioned = <T>(item: Item, parse: (value: unknown) => T): Versioned<T> => ({
  value: parse(item['value']),
  version: Number(item['version']),
});

export const versionedIfFound = <T>(item: Item | undefined, parse: (value: unknown) => T): Versioned<T> | undefined =>
  item === undefined ? undefined : versioned(item, parse);

/** Parses the values of items. Those that this version of Drey cannot read are named by the id in their keys. */
export const readListed = <T>(
  items: readonly Item[],
  parse: (value: unknown, item: Item) => T,
): Required<Listed<T>> => {
  const read = items.map((item) => {
    try {
      return parse(item['value'], item);
    } catch (error) {
      if (error instanceof Fault && error.code === 'version-mismatch') return new Unreadable(idOf(item));
      throw error;
    }
  });
  return {
    items: read.flatMap((value) => (value instanceof Unreadable ? [] : [value])),
    unreadable: read.flatMap((value) => (value instanceof Unreadable ? [value.id] : [])),
  };
};

class Unreadable {
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
}

/** The id or name of a record: the last part of its sort key, or of its partition key when the sort key has one part. */
const idOf = ({ pk, sk }: Item): string => {
  const key = String(sk).includes('#') ? String(sk) : String(pk);
  return key.slice(key.lastIndexOf('#') + 1);
};

interface PageOptions<T> {
  readonly items: readonly Item[];
  /** More items follow. */
  readonly hasMore: boolean;
  readonly limit: number;
  readonly parse: (value: unknown, item: Item) => T;
}

/** A page of records, whose cursor is the name of its last record. It has only as many records as a response holds. */
export const toPage = <T>({ items, hasMore, limit, parse }: PageOptions<T>): Page<T> => {
  const fitting = items.slice(0, countFitting(items, limit));
  const last = fitting.at(-1);
  const isLast = !hasMore && fitting.length === items.length;
  const page = readListed(fitting, parse);
  return isLast || last === undefined ? page : { ...page, cursor: formatCursor(idOf(last)) };
};

const toEvent = recordParser('event');

/** The event of an item whose sort key starts with `eventPrefix`, as its writer recorded it. */
export const eventOf = (item: Item): OutboxEvent => toEvent(item['value']) as unknown as OutboxEvent; // Only Drey writes it.

export const hasSortKey = (item: Item, { sk }: TableKey): boolean => item['sk'] === sk;

/** A time as DynamoDB's time to live has it: in seconds since 1970. */
export const toTtl = (time: Date): number => Math.floor(time.getTime() / 1000);

/** DynamoDB deletes items up to two days after they expire. */
export const isExpired = (item: Item, now: Date): boolean => Number(item['ttl']) < toTtl(now);
