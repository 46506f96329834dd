import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { toYaml } from '#shared/flink/config-yaml.ts';
import {
  parseBoolean,
  parseDouble,
  parseDuration,
  parseInteger,
  parseList,
  parseLong,
  parseMap,
  parseMaps,
  parseMemorySize,
} from '#shared/flink/syntax.ts';

import { checkAll, type Rendered, refused } from './batches.ts';
import { flinkLines, type FlinkRequest, type OptionType, type Reading, useFlink } from './flink.ts';
import { text } from './texts.ts';

/** Both sides compute with doubles. */
const toPrecise = (nanoseconds: number) => nanoseconds.toPrecision(12);

const parsers: Readonly<Record<Exclude<OptionType, 'string'>, (value: string) => unknown>> = {
  list: parseList,
  map: parseMap,
  maps: parseMaps,
  boolean: parseBoolean,
  integer: parseInteger,
  long: parseLong,
  double: parseDouble,
  duration: (value) => toPrecise(parseDuration(value) * 1e6),
  memory: (value) => Number(parseMemorySize(value)),
};

/** The parsed value; undefined when Drey refuses the text. */
const parse = (type: keyof typeof parsers, value: string): unknown => {
  try {
    return parsers[type](value);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
};

const joined = (parts: fc.Arbitrary<string>, max = 5) => fc.array(parts, { maxLength: max }).map((all) => all.join(''));
const words = (text: string) => fc.constantFrom(...text.split(' '));
const structure = fc.oneof(
  words('a b \' " ; , : [ ] { } # 7e10 1.20 true null 1 é'),
  fc.constantFrom(' ', ': ', '- ', '\n'),
);
const units = 'b bytes k KB mb m g GB t mebibytes ms s sec seconds min minutes h hours d days ns nanos µs micro x';
const quantity = fc
  .tuple(
    fc.constantFrom('', ' '),
    fc.oneof(fc.integer({ min: -5, max: 100_000 }).map(String), words('1.5 +1 01 1e3 P1DT2H3M4.5S PT1M p1d 0x1')),
    fc.constantFrom('', ' ', '  '),
    fc.oneof(words(units), fc.constantFrom('', 'm s')),
  )
  .map((parts) => parts.join(''));
const number = joined(
  fc.constantFrom('1', '0', '9', '.', 'e', 'E', '-', '+', ' ', 'f', 'd', 'x', '2147483647', 'NaN', 'Infinity'),
  4,
);
const word = fc.constantFrom('true', 'TRUE', 'False', ' true', 'yes', '1', '');

const quoted = text.map((value) => `'${value.replaceAll("'", "''")}'`);
const entry = fc
  .tuple(words('a b.c 7e10 x'), fc.oneof(words('1 1.20 true yes v1 0x1f'), quoted))
  .map((parts) => parts.join(':'));
const wholeNumber = fc.oneof(fc.integer(), fc.constantFrom(0, 2_147_483_647, -2_147_483_648)).map(String);

/** Values that Drey should accept, and any others. */
const mix = (valid: fc.Arbitrary<string>, ...others: readonly fc.Arbitrary<string>[]) =>
  fc.oneof({ weight: 8, arbitrary: valid }, ...others.map((arbitrary) => ({ weight: 1, arbitrary })));

const values: Readonly<Record<keyof typeof parsers, fc.Arbitrary<string>>> = {
  list: mix(
    fc.array(fc.oneof(quoted, words('a 1.20 true /x')), { maxLength: 4 }).map((items) => items.join(';')),
    text,
    joined(structure),
  ),
  map: mix(
    fc.array(entry, { minLength: 1, maxLength: 3 }).map((entries) => entries.join(',')),
    text,
    joined(structure, 8),
  ),
  maps: mix(
    fc
      .array(fc.array(entry, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 })
      .map((all) => all.map((entries) => entries.join(',')).join(';')),
    text,
    joined(structure, 10),
  ),
  boolean: mix(words('true false TRUE False'), text, word),
  integer: mix(wholeNumber, text, number),
  long: mix(fc.oneof(wholeNumber, fc.maxSafeInteger().map(String)), text, number),
  double: mix(fc.oneof(wholeNumber, fc.double().map(String)), text, number),
  duration: mix(
    fc.tuple(fc.nat(100_000), words('ms s sec min m h d days ns')).map((parts) => parts.join(' ')),
    text,
    quantity,
  ),
  memory: mix(
    fc.tuple(fc.nat(100_000), words('b k kb m mb g t bytes mebibytes')).map((parts) => parts.join('')),
    text,
    quantity,
  ),
};

const types = Object.keys(parsers) as (keyof typeof parsers)[]; // The keys of a literal.

describe.each(flinkLines)('Flink %s', (line) => {
  const read = useFlink(line);

  it.each(types)('reads a %s as Drey does, or Drey refuses it', async (type) => {
    expect.hasAssertions();
    await checkAll({
      cases: values[type],
      render: (value): Rendered<FlinkRequest, Reading> => {
        const parsed = parse(type, value);
        const isIso = type === 'duration' && /^\s*p/i.test(value); // refused for Flink 1.20, see inputs/parsers.test.ts
        if (parsed === undefined || (line === '1.20' && isIso)) return refused;
        return {
          request: { file: 'config.yaml', text: toYaml({ 'my.key': value }), types: { 'my.key': type } },
          verify: ({ typed }: Reading) => {
            const found = typed['my.key'];
            expect(type === 'duration' && typeof found === 'number' ? toPrecise(found) : found).toEqual(parsed);
            return 'equal';
          },
        };
      },
      ask: read,
    });
  });
});
