import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { type Config, flatten, nest, toText } from '#shared/flink/config.ts';
import { parseConfigFile, parseLegacyConfigFile } from '#shared/flink/config-file.ts';
import { toYaml } from '#shared/flink/config-yaml.ts';
import { readOption } from '#shared/flink/options.ts';

import { faultOf } from './outcome.ts';

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
  .map((entries): Config => Object.fromEntries(entries));

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

  it('keeps a key whole below a key that has a value', () => {
    const tree = nest({ 's3.endpoint': 'http://minio:9000', 's3.endpoint.region': 'eu', 's3.path.style': 'true' });

    expect(toYaml(flatten(tree))).toBe(
      "s3:\n  endpoint: http://minio:9000\n  path:\n    style: 'true'\ns3.endpoint.region: eu\n",
    );
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
    ["it's", "'it''s'"],
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

describe('a configuration file', () => {
  it('is read with the types that it has', () => {
    const file = 'rest:\n  port: 8081\n  address: localhost\nweb.submit.enable: false\n';

    expect(parseConfigFile(file)).toEqual({
      'rest.port': 8081,
      'rest.address': 'localhost',
      'web.submit.enable': false,
    });
  });

  it.each([
    ['cpu: 1.0', '1.0'],
    ['cpu: 1e3', '1e3'],
  ])('keeps the characters of %s', (text, value) => {
    expect(parseConfigFile(text)).toEqual({ cpu: value });
  });

  it.each([
    ['port: 0x1F', 31],
    ['port: 0o17', 15],
    ['port: 010', 10],
    ['port: +5', 5],
  ])('reads the number %s', (text, value) => {
    expect(parseConfigFile(text)).toEqual({ port: value });
  });

  it.each(['a.b:\n', 'a:\n  b: ~\n'])('rejects a key without a value: %j', (text) => {
    expect(faultOf(() => parseConfigFile(text))?.message).toBe(
      'config.yaml: a.b has no value. Set a value, or remove the key.',
    );
  });

  it('can have lists, which options read', () => {
    const list = parseConfigFile('external-resources: [gpu, fpga]');
    const maps = parseConfigFile('kubernetes.jobmanager.tolerations:\n- key: a\n  operator: Exists\n- key: b\n');

    expect(readOption(list, 'external-resources')).toEqual(['gpu', 'fpga']);
    expect(readOption(maps, 'kubernetes.jobmanager.tolerations')).toEqual([
      { key: 'a', operator: 'Exists' },
      { key: 'b' },
    ]);
    expect(toYaml(list)).toBe("external-resources: '[gpu, fpga]'\n");
    expect(parseConfigFile('x: [1, true, s, 1.5, {a: 1}]')).toEqual({ x: '[1, true, s, 1.5, {a: 1}]' });
  });

  it('can be empty', () => {
    expect(parseConfigFile('# nothing\n')).toEqual({});
  });

  it.each(['- a\n- b\n', 'a: [', 'a: 1\na: 2\n'])('is rejected when it is no map of options: %j', (text) => {
    expect(faultOf(() => parseConfigFile(text))?.code).toBe('refused-option');
  });

  it('of Flink 1.x has lines of key and value', () => {
    const text = '# a remark\nrest.port: 8081\nenv.java.opts: -Dx=y -Dz=a:b# why\n\nbroken\n';

    expect(parseLegacyConfigFile(text)).toEqual({ 'rest.port': '8081', 'env.java.opts': '-Dx=y -Dz=a:b' });
  });

  it('has lists in the form that an option takes', () => {
    expect(toText(['a', 'b;c'])).toBe('["a","b;c"]');
  });
});
