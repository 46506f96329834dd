import { describe, expect, it } from 'vitest';

import { commandKinds } from '#events/commands/index.ts';
import { recordKinds, type RecordKind, recordParser } from '#shared/clusters/model/records/record-kinds.ts';
import type { TableItem } from '#test/fakes/table.ts';

import { listWithUnknownMember, newest, unknownMember, versions } from './versions.ts';

/** What the adapter of the table parses of an item. */
const parseItem = (name: string, { value, ...attributes }: TableItem) => {
  const kind = name.split(': ')[0] as RecordKind;
  const { detail } = (value ?? {}) as { readonly detail?: unknown }; // Of an event.
  const stored = value === undefined ? attributes : kind === 'event' ? value : (detail ?? value);
  return { parse: recordParser(kind), stored };
};

describe.each(versions)('a record of version %s', (_version, { records }) => {
  it.each(Object.entries(records))('is read: %s', (name, item) => {
    const { parse, stored } = parseItem(name, item);

    expect(parse(stored)).toMatchObject(stored as object);
  });

  it.each(Object.entries(records))(
    'is read with a member that only a later version has, and keeps it: %s',
    (name, item) => {
      const { parse, stored } = parseItem(name, item);
      const variants = listWithUnknownMember(stored);

      expect(variants.length).toBeGreaterThan(0);
      for (const variant of variants) expect(JSON.stringify(parse(variant))).toContain(unknownMember);
    },
  );
});

describe('the fixtures of the newest version', () => {
  it('have every kind of record, and every operation', () => {
    const { records } = newest;
    const kinds = new Set(Object.keys(records).map((name) => name.split(': ')[0]));
    const operations = Object.keys(records).filter((name) => name.startsWith('operation: '));

    expect(kinds).toEqual(new Set(Object.keys(recordKinds)));
    expect(operations.toSorted()).toEqual(commandKinds.map((kind) => `operation: ${kind}`).toSorted());
  });
});
