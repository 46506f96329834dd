import { distance } from 'fastest-levenshtein';

import { UsageError } from './usage-error.ts';

/**
 * The id of the cluster whose JobManager has this address: `ID-rest.NAMESPACE:8081`, also with `http://`, or the id alone.
 *
 * @throws UsageError for an address that no cluster of Drey has.
 */
export const parseJobManagerAddress = (address: string): string => {
  const [name = ''] = address.replace(/^https?:\/\//, '').split(/[:/.]/, 1);
  const host = name.replace(/-rest$/, '');
  if (/^[a-z][-a-z0-9]*$/.test(host)) return host;
  throw new UsageError(
    `${address} is not the address of a cluster of Drey. Specify its id: -Dkubernetes.cluster-id=<id>.`,
  );
};

/** @throws UsageError with Flink's sentence. */
export const parseJobId = (text: string): string => {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw new UsageError(
    `Cannot parse JobID from "${text}". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.`,
  );
};

/** @throws UsageError unless the text is a whole number above zero. */
export const parsePositiveInteger = (text: string, message: string): number => {
  const value = parseCount(text, message);
  if (value > 0) return value;
  throw new UsageError(`${message}: ${text}`);
};

/** @throws UsageError unless the text is a whole number from zero on. */
export const parseCount = (text: string, message: string): number => {
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`${message}: ${text}`);
};

/** The name that is most similar to the word. Undefined when all names are far from it. */
export const findNearest = (word: string, names: readonly string[]): string | undefined => {
  const [near] = names
    .map((name) => ({ name, far: distance(name, word) }))
    .toSorted((one, other) => one.far - other.far);
  return near !== undefined && near.far <= Math.max(2, word.length / 4) ? near.name : undefined;
};
