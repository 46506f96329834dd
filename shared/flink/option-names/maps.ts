import { Fault } from '#events/problems/problem.ts';
import { type Config, toText, type Value } from '#shared/flink/config.ts';
import type { FlinkVersion } from '#events/flink-version.ts';
import { parseMap } from '#shared/flink/syntax.ts';

import { keysOf } from './keys.ts';

/**
 * The weaker options with one key for each name of a map (`kubernetes.secrets.NAME`), if a stronger option sets one name
 * of that map. Flink reads the key of the whole map only, so that the stronger option would be lost.
 */
export const expandMaps = (weaker: Config, stronger: Config, version: FlinkVersion): Config => {
  const { prefixes } = keysOf(version);
  const names = Object.keys(stronger);
  const isReplaced = (key: string): boolean =>
    prefixes.includes(`${key}.`) && names.some((name) => name.startsWith(`${key}.`));
  return Object.fromEntries(
    Object.entries(weaker).flatMap(([key, value]): readonly (readonly [string, Value])[] =>
      isReplaced(key) ? expand(key, toText(value)) : [[key, value]],
    ),
  );
};

/** A whole map as one option for each of its names, and any other option as it is. The key is the current one. */
export const listNames = (key: string, value: string, version: FlinkVersion): Readonly<Record<string, string>> =>
  Object.fromEntries(isMap(key, version) ? expand(key, value) : [[key, value]]);

/** Whether the key sets a whole map (`kubernetes.secrets`), of which each name has a key of its own, too. */
export const isMap = (key: string, version: FlinkVersion): boolean => {
  const { known, prefixes } = keysOf(version);
  return known.has(key) && prefixes.includes(`${key}.`);
};

/**
 * The names of a map that Flink does not read, because the same source sets the whole map. Each name has its map.
 *
 * @see Flink 2.2 `Configuration.getRawValue`
 */
export const findUnreadNames = (
  config: Config,
  version: FlinkVersion,
): readonly { readonly key: string; readonly map: string }[] => {
  const maps = Object.keys(config).filter((key) => isMap(key, version));
  return maps.flatMap((map) =>
    Object.keys(config)
      .filter((key) => key.startsWith(`${map}.`))
      .map((key) => ({ key, map })),
  );
};

const expand = (key: string, text: string): readonly (readonly [string, string])[] => {
  try {
    return Object.entries(parseMap(text)).map(([name, value]) => [`${key}.${name}`, value] as const);
  } catch (error) {
    if (error instanceof Fault) return [[key, text]]; // The validation of options reports the text.
    throw error;
  }
};
