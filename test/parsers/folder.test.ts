import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import {
  type Config,
  findCutValues,
  parseConfigFile,
  parseLegacyConfigFile,
  toText,
  toYaml,
} from '#shared/flink/config.ts';

import { flinkLines, useFlink } from './flink.ts';
import { text } from './texts.ts';

const joined = (parts: fc.Arbitrary<string>) => fc.array(parts, { maxLength: 6 }).map((all) => all.join(''));

const flatFile = joined(
  fc.oneof(
    fc.constantFrom('a.b', 'key', ': ', ':', ' ', '#', ' # ', '\n', '\r\n', '\r', '\t', 'value', '\u00a0', "'x'"),
    text.map((value) => `k: ${value}\n`),
  ),
);

/** A file with options in many forms. Some are not YAML. */
const nestedFile = fc
  .dictionary(
    fc.constantFrom('a', 'b.c', 'd', '"e"', "'f g'", 'h.i.j'),
    fc.oneof(
      text,
      text.map((value) => JSON.stringify(value)),
      text.map((value) => `'${value.replaceAll("'", "''")}'`),
      fc.array(text, { maxLength: 3 }).map((items) => JSON.stringify(items)),
      fc
        .array(fc.constantFrom('1', '1.0', 'x y', 'true', '7e10', '0x1f', "'1'", '~x'), { maxLength: 3 })
        .map((items) => `[${items.join(', ')}]`),
      text.map((value) => `{x: ${JSON.stringify(value)}, y.z: 1.50}`),
      text.map((value) => `\n  x: ${value}\n  y: 1`),
      fc.constantFrom(
        '1',
        '1.0',
        '1.50',
        '010',
        '0x1f',
        '0o14',
        '1e3',
        '7e10',
        'True',
        '.inf',
        '1_000',
        '2001-01-01',
        '|\n  a\n  b',
        '>-\n  a\n  b',
      ),
    ),
    { maxKeys: 3, noNullPrototype: true },
  )
  .map((entries) =>
    Object.entries(entries)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
  );

/** The options; undefined when Drey refuses the file. */
const parse = (yaml: string): Config | undefined => {
  try {
    return parseConfigFile(yaml);
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
};

/** A number of a file keeps its characters, so that `1.20` stays `1.20`. Flink reads it as `1.2`. */
const toNumbers = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
    typeof part === 'string' && /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(part)
      ? String(Number(part))
      : typeof part === 'string'
        ? part.replace(/^-?\.inf$/, (text) => text.replace('.inf', 'Infinity')).replace(/^\.nan$/, 'NaN')
        : part,
  );

/** Lists may have other blanks and quotes. */
const pickScalars = (options: Readonly<Record<string, string>>, config: Config) =>
  Object.fromEntries(Object.entries(options).filter(([key]) => !toText(config[key] ?? '').startsWith('[')));

describe('a flink-conf.yaml', () => {
  const read = useFlink('1.20');

  it('is read as Flink 1.20 reads it, and a warning names each value that ends at #', async () => {
    await fc.assert(
      fc.asyncProperty(flatFile, async (content) => {
        const { options } = await read({ file: 'flink-conf.yaml', text: content });
        const whole = parseLegacyConfigFile(content.replaceAll(/(?<=[^\0- ])#/g, 'x'));
        const cut = findCutValues(content);

        expect(parseLegacyConfigFile(content)).toEqual(options);
        for (const [key, value] of Object.entries(options))
          expect(cut.includes(key) || whole[key] === value).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe.each(flinkLines)('a config.yaml for Flink %s', (line) => {
  const read = useFlink(line);

  it('has the same meaning when Drey has read and written it', async () => {
    await fc.assert(
      fc.asyncProperty(nestedFile, async (content) => {
        const config = parse(content);
        const original = await read({ file: 'config.yaml', text: content });
        if (config === undefined || original.error !== undefined) return;
        const types = Object.fromEntries(Object.keys(config).map((key) => [key, 'list'] as const));
        const sent = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, toText(value)]));
        const { typed } = await read({ file: 'config.yaml', text: content, types });

        for (const written of [config, sent]) {
          const copy = await read({ file: 'config.yaml', text: toYaml(written), types });
          expect(toNumbers(copy.typed)).toEqual(toNumbers(typed));
          expect(toNumbers(pickScalars(copy.options, config))).toEqual(
            toNumbers(pickScalars(original.options, config)),
          );
        }
      }),
      { numRuns: 250 },
    );
  });
});
