import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { toYaml } from '#shared/flink/config.ts';
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

import { flinkLines, type OptionType, useFlink } from './flink.ts';
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

const values: Readonly<Record<keyof typeof parsers, fc.Arbitrary<string>>> = {
  list: fc.oneof(text, joined(structure)),
  map: fc.oneof(text, joined(structure, 8)),
  maps: fc.oneof(text, joined(structure, 10)),
  boolean: fc.oneof(text, word),
  integer: fc.oneof(text, number),
  long: fc.oneof(text, number),
  double: fc.oneof(text, number),
  duration: fc.oneof(text, quantity),
  memory: fc.oneof(text, quantity),
};

const types = Object.keys(parsers) as (keyof typeof parsers)[]; // The keys of a literal.

describe.each(flinkLines)('Flink %s', (line) => {
  const read = useFlink(line);

  it.each(types)('reads a %s as Drey does, or Drey refuses it', async (type) => {
    await fc.assert(
      fc.asyncProperty(values[type], async (value) => {
        const parsed = parse(type, value);
        const isIso = type === 'duration' && /^\s*p/i.test(value); // refused for Flink 1.20, see inputs/yaml.test.ts
        if (parsed === undefined || (line === '1.20' && isIso)) return;
        const { typed } = await read({
          file: 'config.yaml',
          text: toYaml({ 'my.key': value }),
          types: { 'my.key': type },
        });

        const found = typed['my.key'];
        expect(type === 'duration' && typeof found === 'number' ? toPrecise(found) : found).toEqual(parsed);
      }),
      { numRuns: 100 },
    );
  });
});
