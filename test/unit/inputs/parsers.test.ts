import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { parseConfigFile } from '#shared/flink/config-file.ts';
import { toYaml } from '#shared/flink/config-yaml.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import {
  parseDouble,
  parseDuration,
  parseInteger,
  parseList,
  parseMap,
  parseMaps,
  parseMemorySize,
} from '#shared/flink/syntax.ts';
import { toYamlText } from '#shared/flink/yaml.ts';

/** Values that Flink's parsers and kubectl once read as others. `npm run test:parsers` looks for more. */

const render = (config: Readonly<Record<string, string>>, flinkVersion: '1.20' | '2.3' = '2.3') =>
  renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', flinkVersion, config });

describe('config.yaml', () => {
  it.each(['\uffff', '\u0001', '\u007f', '\u0085', '\u2028', '\ufeffa', '\n', 'a\r', ' a\n b', '\na', 'a\n\n'])(
    'has %j without characters and blocks that a reader changes',
    (value) => {
      const text = toYaml({ 'my.key': value });

      expect(parse(text)).toEqual({ my: { key: value } });
      expect(text).toMatch(/^my:\n {2}key: ".*"\n$/);
    },
  );

  it('has plain text as a block', () => {
    expect(toYaml({ sql: 'INSERT INTO a\nSELECT 1;\n' })).toBe('sql: |\n  INSERT INTO a\n  SELECT 1;\n');
  });
});

describe('the config.yaml of a folder', () => {
  it.each([
    ['a carriage return', "a: 'b\r c'\n", { a: 'b c' }],
    ['an infinite number', 'a: 1e400\nb: -.inf\n', { a: 'Infinity', b: '-Infinity' }],
    ['a list item with a colon', 'a: [":.5", "x"]\n', { a: "[':.5', x]" }],
    ['a byte order mark', '\ufeffa: b\n', { a: 'b' }],
  ])('is read as Flink reads it: %s', (_what, text, options) => {
    expect(parseConfigFile(text)).toEqual(options);
  });

  it.each([
    ['an alias without an anchor', 'a: *b\n'],
    ['a control character', 'a: b\u0085\n'],
  ])('is refused with %s', (_what, text) => {
    expect(() => parseConfigFile(text)).toThrow(expect.objectContaining({ code: 'refused-option' }));
  });
});

describe('a document for kubectl', () => {
  it.each(['<<', '=', 'yes', '1_000'])('has %j in quotes, as a name and as a value', (word) => {
    expect(toYamlText({ [word]: word })).toBe(`'${word}': '${word}'\n`);
  });
});

describe('an option is read as Flink reads it:', () => {
  it.each([
    ['a list with an empty item', parseList, 'a;;b', ['a', '', 'b']],
    ['a list with a blank that Java keeps', parseList, 'a\u2028;\u00a0b', ['a\u2028', '\u00a0b']],
    ['a list with a control character that Java removes', parseList, '\u0001', ['']],
    [
      'a map whose text is too long for a key',
      parseMap,
      `a:b,c:'${'x'.repeat(1_025)}: y'`,
      { a: 'b', c: `${'x'.repeat(1_025)}: y` },
    ],
    ['a map with infinite numbers', parseMap, '{a: 1e400, b: -.inf, c: .nan}', { a: '.inf', b: '-.inf', c: '.nan' }],
    ['the longest duration', parseDuration, '9223372036854775807 ms', 2 ** 63],
    ['a negative zero', parseInteger, '-0', 0],
  ] as const)('%s', (_what, parser, text, value) => {
    expect(parser(text)).toEqual(value);
  });

  it.each([
    ['an anchor', parseMap, '{a: &b c}'],
    ['a tag', parseMap, '{a: !b c}'],
    ['text that starts with a colon', parseMap, '{a: :b}'],
    ['half a map', parseMap, '{a: b'],
    ['a map with a line separator', parseMap, '{a: b}\u2028'],
    ['a map with a carriage return', parseMap, '{a: "b\r"}'],
    ['a map with a character that is none', parseMap, '{a: "\uffff"}'],
    ['a list item that is YAML with another meaning', parseMaps, 'key:k,tolerationSeconds: 5'],
    ['a map in place of a list of maps', parseMaps, '{a: b}'],
    ['a number after a separator of lines', parseDouble, '1.20\u2029'],
    ['a duration with a number that is no long', parseDuration, '12345678901234567890'],
    ['a duration that Java cannot hold', parseDuration, '9223372036854775807 days'],
    ['a duration of ISO 8601 that Java cannot hold', parseDuration, 'P99999999999999999999D'],
    ['a size with a blank that is none', parseMemorySize, '1\u00a0g'],
  ] as const)('%s is refused', (_what, parser, text) => {
    expect(() => parser(text)).toThrow(expect.objectContaining({ code: 'refused-option' }));
  });

  it('a duration of ISO 8601 is refused for Flink 1.20', () => {
    const config = { 'client.timeout': 'PT1M' };

    expect(() => render(config, '1.20')).toThrow('client.timeout');
    expect(render(config).config).toMatchObject({ 'client.timeout': { value: 'PT1M' } });
  });
});

describe('a warning names', () => {
  it.each([
    ['a name that YAML reads as a number', { 'kubernetes.jobmanager.annotations': '{7e10: a}' }],
    ['a number among the parameters of jobs', { 'pipeline.global-job-parameters': '{version: 1.20}' }],
    ['a hash of a vertex', { 'pipeline.jobvertex-parallelism-overrides': '{72225e2: 4}' }],
    ['a boolean with capital letters', { 'kubernetes.taskmanager.annotations': '{a: True}' }],
    ['a reference with parentheses', { 'containerized.master.env.PW': '$(a(b)' }],
    ['a reference in an argument of a TaskManager', { 'kubernetes.taskmanager.entrypoint.args': '-Dx=$(HOME)' }],
  ] as const)('%s', (_what, config) => {
    expect(render(config).warnings).toEqual([expect.stringContaining(Object.keys(config)[0] ?? '')]);
  });
});
