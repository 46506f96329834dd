import type { OutboxEvent } from '#shared/clusters/model/records/outbox.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';

import type { TableKey } from './keys.ts';

/** An item as the table returns it. */
export type Item = Readonly<Record<string, unknown>>;

export const versioned = <T>(item: Item, parse: (value: unknown) => T): Versioned<T> => ({
  value: parse(item['value']),
  version: Number(item['version']),
});

export const versionedIfFound = <T>(item: Item | undefined, parse: (value: unknown) => T): Versioned<T> | undefined =>
  item === undefined ? undefined : versioned(item, parse);

/** The event of an item whose sort key starts with `eventPrefix`. Only Drey writes it, from this type. */
export const eventOf = (item: Item): OutboxEvent => item['value'] as OutboxEvent;

export const hasSortKey = (item: Item, { sk }: TableKey): boolean => item['sk'] === sk;

/** A time as DynamoDB's time to live has it: in seconds since 1970. */
export const toTtl = (time: Date): number => Math.floor(time.getTime() / 1000);

/** DynamoDB deletes items up to two days after they expire. */
export const isExpired = (item: Item, now: Date): boolean => Number(item['ttl']) < toTtl(now);
