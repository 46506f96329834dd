import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import type * as z from 'zod';

import { type CommandKind, commands, type Origin } from '#events/commands/index.ts';
import { isRecord } from '#events/is-record.ts';
import { definitionOf } from '#events/lenient.ts';

/** What identifies a command, whatever its kind. */
export interface AnyCommand {
  readonly kind: CommandKind;
  readonly target: string;
  readonly clusterId: string | undefined;
  readonly key: string | undefined;
  readonly data: unknown;
  readonly origin: Origin;
  readonly batchItem?: object | undefined;
}

/**
 * Tells a repeated command from another command with the same idempotency key. Every version of Drey has to compute the
 * same value: members with their default value count as absent, because an older version may not have the member.
 */
export const computeFingerprint = (command: AnyCommand): string =>
  createHash('sha256')
    .update(JSON.stringify(identify(command), sortMembers))
    .digest('hex');

const identify = ({ kind, clusterId, data, origin, batchItem }: AnyCommand): readonly unknown[] => {
  // Drey chose the key of its own command, so that the key alone identifies it.
  if (batchItem !== undefined || origin === 'schedule' || origin === 'reconciler') return [kind, clusterId];
  const given = withoutDefaults(commands[kind].data, data);
  // A retried task repeats the command with another token.
  return [kind, clusterId, isRecord(given) ? { ...given, taskToken: undefined } : given];
};

const withoutDefaults = (schema: z.core.$ZodType, value: unknown): unknown => {
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

/** The order of members follows from the schema, which may change. */
const sortMembers = (_name: string, value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;
