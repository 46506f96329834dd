import { UsageError } from './usage-error.ts';

/** Parses `-Dkey=value` as Flink does: a key without a value is true, and the last of equal keys wins. */
export const parseProperties = (words: readonly string[] = []): ReadonlyMap<string, string> => {
  const properties = new Map<string, string>();
  for (const word of words) {
    const [, key, value] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (key === undefined) throw new UsageError(`-D${word} has no key. Write -Dkey=value.`);
    properties.set(key.trim(), value ?? 'true');
  }
  return properties;
};

/** Options that are members of a request rather than of its Flink configuration. */
const clientOnly: ReadonlySet<string> = new Set(['kubernetes.cluster-id', 'execution.target']);

/** The options that belong to the Flink configuration. */
export const toFlinkConfig = (properties: ReadonlyMap<string, string>): Readonly<Record<string, string>> =>
  Object.fromEntries([...properties].filter(([key]) => !key.startsWith('drey.') && !clientOnly.has(key)));
