import { expect, it } from 'vitest';
import * as z from 'zod';

import { type RecordKind, recordKinds } from '#shared/clusters/model/records/record-kinds.ts';

/** The member of each kind of record with who wrote it, or why it needs none. */
const principals: Readonly<Record<RecordKind, { readonly member: string } | { readonly reason: string }>> = {
  operation: { member: 'principal' },
  revision: { member: 'principal' },
  snapshot: { member: 'principal' },
  transition: { member: 'principal' },
  'queued command': { member: 'principal' },
  'queue control': { member: 'paused.principal' },
  schedule: { member: 'updatedBy' },
  target: { member: 'updatedBy' },
  cluster: { reason: 'Its transitions and its operation have it.' },
  job: { reason: 'Its transitions have it.' },
  event: { reason: 'The schema of each type of event has it.' },
  verdict: { reason: 'The event is made from the operation, which has it.' },
  'batch item': { reason: 'It names the operation of the batch.' },
  'schedule run': { reason: 'It names the schedule, and its commands have the principal of the schedule.' },
  'idempotency key': { reason: 'It names the operation.' },
  refusal: { reason: 'The event of the rejected message has it.' },
};

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly oneOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** Whether each variant of a schema has a member, which may be a member of a member. */
const hasMember = (schema: JsonSchema, [name = '', ...rest]: readonly string[], root = schema): boolean => {
  const referred = schema.$ref === undefined ? schema : root.$defs?.[schema.$ref.replace('#/$defs/', '')];
  const variants = referred?.oneOf;
  if (variants !== undefined) return variants.every((variant) => hasMember(variant, [name, ...rest], root));
  const member = referred?.properties?.[name];
  return member !== undefined && (rest.length === 0 || hasMember(member, rest, root));
};

it.each(Object.entries(principals).flatMap(([kind, found]) => ('member' in found ? [[kind, found.member]] : [])))(
  'a record of the kind %s says who wrote it in %s',
  (kind = '', member = '') => {
    const { schema } = recordKinds[kind as RecordKind];
    const json = z.toJSONSchema(schema, { unrepresentable: 'any' }) as JsonSchema;

    expect(hasMember(json, member.split('.'))).toBe(true);
  },
);
