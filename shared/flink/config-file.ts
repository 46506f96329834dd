/** Reads the configuration files of Flink. Only the command line does; `config-yaml.ts` writes them. */
import { type Document, visit } from 'yaml';

import { Fault } from '#events/problems/problem.ts';

import type { Config } from './config.ts';
import { trimBlanks } from './syntax.ts';
import { parseYaml } from './yaml-document.ts';
import { toEscape, toYamlLine, unreadable } from './yaml.ts';

/**
 * The options of a `config.yaml`.
 *
 * @throws Fault `refused-option` when the text is not YAML, or not a map of options with values.
 * @see Flink 2.2 `GlobalConfiguration.loadYAMLResource`
 */
export const parseConfigFile = (text: string): Config => {
  const lines = text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n'); // as Flink reads them
  const [character] = unreadable.exec(lines) ?? [];
  if (character !== undefined)
    throw new Fault(
      'refused-option',
      `config.yaml contains the character ${toEscape(character)}. Write it as an escape in double quotes.`,
    );
  const document = parseYaml(lines);
  const [problem] = document.errors;
  if (problem !== undefined) throw new Fault('refused-option', `config.yaml is not valid YAML: ${problem.message}`);
  visit(document, {
    // A fraction that JavaScript writes differently (1.0) stays text. An integer becomes its value (0x1f is 31).
    Scalar: (_key, node) => {
      if (typeof node.value !== 'number' || String(node.value) === node.source) return;
      const isInteger = Number.isSafeInteger(node.value) && /^[-+]?(0x[\da-f]+|0o[0-7]+|\d+)$/i.test(node.source ?? '');
      if (isInteger) node.value += 0;
      else node.value = Number.isFinite(node.value) ? node.source : String(node.value); // Java writes Infinity, too.
    },
  });
  const tree = toTree(document);
  if (tree === null || tree === undefined) return {};
  if (!(tree instanceof Map))
    throw new Fault('refused-option', 'config.yaml is not a map of options. Write one `key: value` for each option.');
  return flattenTree(tree);
};

const toTree = (document: Document.Parsed): unknown => {
  try {
    return document.toJS({ mapAsMap: true });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new Fault('refused-option', `config.yaml is not valid YAML: ${error.message}`, { cause: error });
  }
};

const flattenTree = (tree: ReadonlyMap<unknown, unknown>, prefix = ''): Config =>
  Object.assign({}, ...[...tree].map(([key, value]) => flattenNode(`${prefix}${String(key)}`, value)));

const flattenNode = (key: string, value: unknown): Config => {
  if (value === null)
    throw new Fault('refused-option', `config.yaml: ${key} has no value. Set a value, or remove the key.`);
  if (value instanceof Map) return flattenTree(value, `${key}.`);
  // Flink keeps a list as text of one line, which the parser of the option reads.
  if (Array.isArray(value)) return { [key]: toYamlLine(value) };
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { [key]: value } : {};
};

/**
 * The options of a `flink-conf.yaml`, the flat file of Flink 1.x.
 *
 * @see Flink 1.20 `GlobalConfiguration.loadLegacyYAMLResource`
 */
export const parseLegacyConfigFile = (text: string): Config =>
  Object.fromEntries(readLegacyLines(text).map(({ key, value }) => [key, value]));

/** The keys of a `flink-conf.yaml` whose values Flink cuts at a `#` that follows another character: `pa#ss` is `pa`. */
export const findCutValues = (text: string): readonly string[] => [
  ...new Set(readLegacyLines(text).flatMap(({ key, isCut }) => (isCut ? [key] : []))),
];

const readLegacyLines = (text: string) =>
  text.split(/\r\n|\n|\r/).flatMap((line) => {
    const [content = '', comment] = line.split(/#(.*)/s, 2);
    const [, key, value] = /^(.*?): (.*)$/s.exec(trimBlanks(content)) ?? [];
    const [trimmedKey, trimmedValue] = [trimBlanks(key ?? ''), trimBlanks(value ?? '')];
    if (trimmedKey === '' || trimmedValue === '') return [];
    return [{ key: trimmedKey, value: trimmedValue, isCut: comment !== undefined && /[^\0- ]$/.test(content) }];
  });
