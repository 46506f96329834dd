import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { type Config, conflicts, flatten, nest, toYaml } from '#shared/flink/config.ts';

const words = fc.oneof(fc.string(), fc.constantFrom('a', 'b', '__proto__', 'constructor', '', '1', 'null'));
const key = fc.array(words, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const value = fc.oneof(
  fc.string(),
  fc.constantFrom('4', 'true', '1.5', 'null', '~', '0x1f', '.inf', 'a\nb', ' lead', "it's"),
  fc.integer(),
  fc.boolean(),
);
const config = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name })
  .map((entries): Config => Object.fromEntries(entries))
  .filter((entries) => conflicts(entries).length === 0);

describe('a configuration', () => {
  it('is the same when nested and flattened again', () => {
    fc.assert(
      fc.property(config, (options) => {
        expect(flatten(nest(options))).toEqual(options);
      }),
    );
  });

  it('is the same when written as YAML and read again, types included', () => {
    fc.assert(
      fc.property(config, (options) => {
        expect(flatten(parse(toYaml(options), { mapAsMap: true }))).toEqual(options);
      }),
    );
  });

  it('has a conflict where a key with a value also holds another', () => {
    const found = conflicts({ 'env.java.opts': '-Da=b', 'env.java.opts.all': '-Dc=d', 'env.javac': '' });

    expect(found).toEqual([['env.java.opts', 'env.java.opts.all']]);
  });
});

describe('config.yaml', () => {
  it.each([
    ['4', "'4'"],
    ['true', "'true'"],
    ['1.5', "'1.5'"],
    ['null', "'null'"],
    ['', "''"],
    [' lead', "' lead'"],
    ['a: b # c', "'a: b # c'"],
    ['*x', "'*x'"],
    ['{a: b}', "'{a: b}'"],
    ['[x, y]', "'[x, y]'"],
    ["it's", "it's"],
    ['1600m', '1600m'],
    [6123, '6123'],
  ])('writes %j as %s', (value, text) => {
    expect(toYaml({ 'a.b': value })).toBe(`a:\n  b: ${text}\n`);
  });

  it('folds no line', () => {
    const long = 'word '.repeat(100).trim();

    expect(toYaml({ plain: long, quoted: `${long}: ` })).toBe(`plain: ${long}\nquoted: '${long}: '\n`);
  });
});
