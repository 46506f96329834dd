import type { FlinkVersion } from '#events/flink-version.ts';

import groups from './keys.json' with { type: 'json' };

/** Keys of several versions, or of all versions. The file is generated from the jars of Flink. */
interface OptionKeys {
  readonly versions?: readonly string[];
  readonly deprecated: Readonly<Record<string, readonly string[]>>;
  readonly known: readonly string[];
}

/** The keys of the options of one version of Flink. */
interface VersionKeys {
  /** The deprecated keys of each option, in the order in which Flink reads them. */
  readonly deprecated: ReadonlyMap<string, readonly string[]>;
  /** The current key of each deprecated key. */
  readonly current: ReadonlyMap<string, string>;
  /** All keys, also deprecated ones. */
  readonly known: ReadonlySet<string>;
  /** What the keys begin with that contain a name of the caller (`metrics.reporter.`). */
  readonly prefixes: readonly string[];
}

const cache = new Map<FlinkVersion, VersionKeys>();

export const keysOf = (version: FlinkVersion): VersionKeys => {
  const keys = cache.get(version) ?? collectKeys(version);
  cache.set(version, keys);
  return keys;
};

const collectKeys = (version: FlinkVersion): VersionKeys => {
  const own = groups.filter(({ versions }: OptionKeys) => versions === undefined || versions.includes(version));
  const deprecated = new Map(own.flatMap((group: OptionKeys) => Object.entries(group.deprecated)));
  const known = own.flatMap((group) => group.known);
  return {
    deprecated,
    current: new Map([...deprecated].flatMap(([key, names]) => names.map((name) => [name, key] as const))),
    known: new Set(known.filter((key) => !key.endsWith('*'))),
    prefixes: known.filter((key) => key.endsWith('*')).map((key) => key.slice(0, -1)),
  };
};

/** Whether Flink reads the key, or keys that begin like it. */
export const isKnownKey = (key: string, version: FlinkVersion): boolean => {
  const { known, prefixes } = keysOf(version);
  return known.has(key) || prefixes.some((prefix) => `${key}.`.startsWith(prefix));
};
