import { createHash } from 'node:crypto';

import { expect, it } from 'vitest';
import * as z from 'zod';

import { type RecordKind, recordKinds } from '#shared/clusters/model/records/record-kinds.ts';

/**
 * The fingerprint of each version of a shape. A new version adds a line. Only the fingerprint of a version that is not
 * released may be replaced.
 */
const fingerprints: { readonly [K in RecordKind]: Readonly<Record<number, string>> } = {
  cluster: { 1: 'cb42d3cdf959fe2d' },
  job: { 1: 'ec420716e8657ffa' },
  operation: { 1: '909f71b5b89331e0' },
  revision: { 1: '0128a995948b6311' },
  snapshot: { 1: 'e0b9fc4e6257e9d1' },
  event: { 1: '0106bdb51b9a2d33' },
  transition: { 1: '2832e4711302d2d3' },
  verdict: { 1: '9719bef68ad6509d' },
  'batch item': { 1: '814e2f7ea233861b' },
  'queue control': { 1: '65cb88f3b887e5a5' },
  'queued command': { 1: '9444fe23d9922942' },
  schedule: { 1: '5c032ca48304897b' },
  'schedule run': { 1: '094141c5ae5a71b3' },
  'idempotency key': { 1: 'beef32cc38d944dc' },
  refusal: { 1: 'bc628a6f78128a1c' },
  target: { 1: '1434faf15dafd4f0' },
};

/** Descriptions and examples are not part of a shape, and neither is the order of members. */
const toShape = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(toShape);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => name !== 'example' && !(name === 'description' && typeof member === 'string'))
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, toShape(member)]),
  );
};

const fingerprintOf = (schema: z.ZodType): string => {
  const shape = toShape(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16);
};

it.each(Object.entries(recordKinds))('the version of the kind of record "%s" is that of its shape', (kind, record) => {
  const known = fingerprints[kind as RecordKind][record.version]; // A key of the table.

  expect(fingerprintOf(record.schema), `increase the version of ${kind}, and add its fingerprint`).toBe(known);
});

it('the fingerprint changes with a member, and not with its description', () => {
  const base = z.strictObject({ a: z.string() });

  expect(fingerprintOf(z.strictObject({ a: z.string().meta({ description: 'x' }) }))).toBe(fingerprintOf(base));
  expect(fingerprintOf(base.extend({ b: z.string().optional() }))).not.toBe(fingerprintOf(base));
});
