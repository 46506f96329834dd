import { isDeepStrictEqual } from 'node:util';

import type * as z from 'zod';

import { isRecord } from '#events/is-record.ts';
import { definitionOf } from '#events/lenient.ts';

/**
 * A value without the members that have their default value. Versions of Drey with and without such a member then agree
 * about the value.
 */
export const withoutDefaults = (schema: z.core.$ZodType, value: unknown): unknown => {
  const def = definitionOf(schema);
  switch (def.type) {
    case 'object':
      return isRecord(value) ? withoutDefaultMembers(def.shape, value) : value;
    case 'optional':
    case 'default':
    case 'readonly':
      return withoutDefaults(def.innerType, value);
    default:
      return value;
  }
};

const withoutDefaultMembers = (shape: z.core.$ZodShape, value: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const schema = shape[name];
      if (schema === undefined) return [[name, member]];
      return hasDefault(schema, member) ? [] : [[name, withoutDefaults(schema, member)]];
    }),
  );

const hasDefault = (schema: z.core.$ZodType, value: unknown): boolean => {
  const def = definitionOf(schema);
  return def.type === 'default' && isDeepStrictEqual(def.defaultValue, value);
};

/** The same JSON for the same value, because the order of members follows from the schema, which may change. */
export const toCanonicalJson = (value: unknown): string => JSON.stringify(value, sortMembers);

const sortMembers = (_name: string, value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;
