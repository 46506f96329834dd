import { type Document, visit } from 'yaml';

import { Fault } from '#events/problems/problem.ts';

import { trimBlanks } from './syntax.ts';
import { parseYaml, toEscape, toYamlLine, toYamlText, unreadable } from './yaml.ts';

import type { FlinkVersion } from '#events/flink-version.ts';
import { isAtLeast } from './version.ts';

/** The value of an option: text from a caller, or a typed scalar from Flink's own file. */
export type Scalar = string | number | boolean;

/** A scalar or a list. Flink's file and Flink's client also set lists. */
export type Value = Scalar | readonly string[];

/** Options by their dotted keys. */
export type Config = Readonly<Record<string, Value>>;

/** Options nested at the dots of their keys. It is a map because a key may be any text. */
export type ConfigTree = ReadonlyMap<string, Value | ConfigTree>;

/** The value in the form that follows `-Dkey=`. */
export const toText = (value: Value): string => (isList(value) ? JSON.stringify(value) : String(value));

const isList = (value: Value | ConfigTree): value is readonly string[] => Array.isArray(value);

/** Flink 2.1 and later also export `sun.net.util`. */
const listExportedPackages = (version: FlinkVersion): readonly string[] => [
  ...(isAtLeast(version, '2.1') ? ['java.base/sun.net.util'] : []),
  'java.rmi/sun.rmi.registry',
  ...['api', 'file', 'parser', 'tree', 'util'].map((name) => `jdk.compiler/com.sun.tools.javac.${name}`),
  'java.security.jgss/sun.security.krb5',
];
const openedPackages = [
  ...['lang', 'net', 'io', 'nio'].map((name) => `java.base/java.${name}`),
  'java.base/sun.nio.ch',
  ...['lang.reflect', 'text', 'time', 'util', 'util.concurrent'].map((name) => `java.base/java.${name}`),
  ...['atomic', 'locks'].map((name) => `java.base/java.util.concurrent.${name}`),
];

/**
 * The configuration file of Flink's distribution. Flink's client sends these options without its local addresses.
 *
 * @see Flink `conf/config.yaml` of each line
 */
export const getStockConfig = (version: FlinkVersion): Config => ({
  'env.java.opts.all': [
    ...listExportedPackages(version).map((name) => `--add-exports=${name}=ALL-UNNAMED`),
    ...openedPackages.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
  ].join(' '),
  'jobmanager.rpc.address': 'localhost',
  'jobmanager.rpc.port': 6123,
  'jobmanager.memory.process.size': '1600m',
  'jobmanager.execution.failover-strategy': 'region',
  'taskmanager.numberOfTaskSlots': 1,
  'taskmanager.memory.process.size': '1728m',
  'parallelism.default': 1,
  'rest.address': 'localhost',
});

/** Options that are only valid on the machine of the client. @see Flink 2.2 `FlinkConfMountDecorator` */
export const clientOnlyOptions: ReadonlySet<string> = new Set([
  'kubernetes.config.file',
  '$internal.deployment.config-dir',
  'rest.bind-address',
  'jobmanager.bind-host',
  'taskmanager.bind-host',
  'taskmanager.host',
]);

/**
 * Nests options at the dots of their keys. Below a key that has a value itself (`s3.endpoint`), the longer keys stay
 * whole (`s3.endpoint.region`), because a node of YAML is either a value or a map. Flink reads both forms.
 */
export const nest = (config: Config): ConfigTree => {
  type Branch = Map<string, Value | Branch>;
  const root: Branch = new Map();
  for (const [key, value] of Object.entries(config)) {
    const path = key.split('.');
    const isBelowValue = path.some((_, index) => index > 0 && Object.hasOwn(config, path.slice(0, index).join('.')));
    if (isBelowValue) {
      root.set(key, value);
      continue;
    }
    const leaf = path.pop() ?? '';
    let branch = root;
    for (const part of path) {
      const next = branch.get(part);
      const child: Branch = next instanceof Map ? next : new Map();
      branch.set(part, child);
      branch = child;
    }
    branch.set(leaf, value);
  }
  return root;
};

export const flatten = (tree: ConfigTree): Record<string, Value> =>
  Object.fromEntries(
    [...tree].flatMap(([key, value]) =>
      value instanceof Map
        ? Object.entries(flatten(value)).map(([rest, leaf]) => [`${key}.${rest}`, leaf] as const)
        : // An entry that is not a Map is a value.
          [[key, value as Value] as const],
    ),
  );

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

/**
 * The text of `config.yaml`. Text that YAML would read as another type is quoted, and nothing is folded.
 *
 * @see Flink 2.2 `YamlParserUtils`, `GlobalConfiguration`
 */
export const toYaml = (config: Config): string => toYamlText(nest(config));
