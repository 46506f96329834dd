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
