import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { findCutValues, parseConfigFile, parseLegacyConfigFile } from '#shared/flink/config-file.ts';
import { toYaml } from '#shared/flink/config-yaml.ts';

import { checkAll, refused } from './batches.ts';
import { flinkLines, type Reading, useFlink } from './flink.ts';
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
    expect.hasAssertions();
    await checkAll({
      cases: flatFile,
      render: (content) => ({
        request: { file: 'flink-conf.yaml' as const, text: content },
        verify: ({ options }: Reading) => {
          const whole = parseLegacyConfigFile(content.replaceAll(/(?<=[^\0- ])#/g, 'x'));
          const cut = findCutValues(content);
          expect(parseLegacyConfigFile(content)).toEqual(options);
          const changed = Object.keys(options).filter((key) => whole[key] !== options[key]);
          expect(cut).toEqual(expect.arrayContaining(changed));
          return changed.length === 0 ? 'equal' : 'warned';
        },
      }),
      ask: read,
    });
  });
});

describe.each(flinkLines)('a config.yaml for Flink %s', (line) => {
  const read = useFlink(line);

  /** What Flink reads in the file of the caller, and in the two that Drey writes: with types, and with texts. */
  const readAll = async (files: readonly { readonly content: string; readonly config: Config }[]) => {
    const readings = await read(
      files.flatMap(({ content, config }) => {
        const types = Object.fromEntries(Object.keys(config).map((key) => [key, 'list'] as const));
        const sent = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, toText(value)]));
        return [content, toYaml(config), toYaml(sent)].map((text) => ({ file: 'config.yaml', text, types }) as const);
      }),
    );
    return files.map((_, index) => readings.slice(3 * index, 3 * index + 3));
  };

  it('has the same meaning when Drey has read and written it', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: nestedFile,
      render: (content) => {
        const config = parse(content);
        if (config === undefined) return refused;
        return {
          request: { content, config },
          verify: ([original, ...copies]: readonly Reading[]) => {
            if (original === undefined || original.error !== undefined) return 'warned'; // Flink refuses the file.
            for (const { typed, options } of copies) {
              expect(toNumbers(typed)).toEqual(toNumbers(original.typed));
              expect(toNumbers(pickScalars(options, config))).toEqual(toNumbers(pickScalars(original.options, config)));
            }
            return 'equal';
          },
        };
      },
      ask: readAll,
      minEqual: 0.5,
    });
  });
});
