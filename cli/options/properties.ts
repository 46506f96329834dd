import { mustBeKnown } from './drey-options.ts';
import { UsageError } from './usage-error.ts';

/** `-Dkey=value` as Flink takes it: a key alone is true, a later one wins. */
export const propertiesOf = (words: readonly string[] = []): ReadonlyMap<string, string> => {
  const properties = new Map<string, string>();
  for (const word of words) {
    const [, key, value] = /^([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (key === undefined) throw new UsageError(`Not an option: -D${word}`);
    properties.set(key.trim(), value ?? 'true');
  }
  mustBeKnown([...properties.keys()].filter((key) => key.startsWith('drey.')));
  return properties;
};

/** Options that tell the client something; the cluster id and the mode have their own place in a request. */
const clientOnly: ReadonlySet<string> = new Set(['kubernetes.cluster-id', 'execution.target']);

/** What is sent as Flink configuration. */
export const configOf = (properties: ReadonlyMap<string, string>): Readonly<Record<string, string>> =>
  Object.fromEntries([...properties].filter(([key]) => !key.startsWith('drey.') && !clientOnly.has(key)));
