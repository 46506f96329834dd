import type { Value } from '#shared/flink/config.ts';
import { type FlinkVersion, flinkVersions } from '#events/flink-version.ts';

import { keysOf } from './keys.ts';

type Options<V extends Value> = Readonly<Record<string, V>>;

/** The key under which this version of Flink looks for the option first. */
export const toCurrentKey = (key: string, version: FlinkVersion): string => keysOf(version).current.get(key) ?? key;

/** All keys of an option, in the order in which Flink reads them. */
export const listKeys = (key: string, version: FlinkVersion): readonly string[] => [
  key,
  ...(keysOf(version).deprecated.get(key) ?? []),
];

/** All keys of an option in any version of Flink. */
export const listKeysOfAllVersions = (key: string): readonly string[] => [
  ...new Set(flinkVersions.flatMap((version) => listKeys(toCurrentKey(key, version), version))),
];

/** The options under their current keys. Of several keys of one option, the one that Flink reads first counts. */
export const canonicalizeConfig = <V extends Value>(config: Options<V>, version: FlinkVersion): Record<string, V> => {
  const { current } = keysOf(version);
  const renamed = new Set(Object.keys(config).flatMap((key) => current.get(key) ?? []));
  const entries = [...renamed].map((key) => {
    const name = listKeys(key, version).find((one) => Object.hasOwn(config, one)) ?? key;
    // The key of the entry is one of the config, so its value is defined.
    return [key, config[name] as V] as const;
  });
  const others = Object.entries(config).filter(([key]) => !current.has(key) && !renamed.has(key));
  return Object.fromEntries([...entries, ...others]);
};

/** Several keys of one option with different values. The first key is the one that Flink reads. */
export const findConflicts = (config: Options<Value>, version: FlinkVersion): readonly (readonly string[])[] => {
  const groups = Map.groupBy(Object.keys(config), (key) => toCurrentKey(key, version));
  return [...groups].flatMap(([key, names]) => {
    const values = new Set(names.map((name) => String(config[name])));
    return values.size < 2 ? [] : [listKeys(key, version).filter((name) => names.includes(name))];
  });
};

/** The weaker options that no stronger option replaces. The version of Flink may be unknown: each version counts. */
export const withoutReplaced = <V extends Value>(weaker: Options<V>, stronger: Options<Value>): Record<string, V> => {
  const replaced = flinkVersions.map((version) => {
    const keys = new Set(Object.keys(stronger).map((key) => toCurrentKey(key, version)));
    return (key: string) => keys.has(toCurrentKey(key, version));
  });
  return Object.fromEntries(Object.entries(weaker).filter(([key]) => !replaced.some((isReplaced) => isReplaced(key))));
};
