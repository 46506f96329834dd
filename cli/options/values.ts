import { UsageError } from './usage-error.ts';

/**
 * The cluster whose JobManager has this address: `ID-rest.NAMESPACE:8081`, with `http://` or without, or the id alone.
 *
 * @throws UsageError for an address that no cluster of Drey's has.
 */
export const clusterIdAt = (address: string): string => {
  const host = address
    .replace(/^https?:\/\//, '')
    .replace(/[:/].*$/, '')
    .replace(/\..*$/, '')
    .replace(/-rest$/, '');
  if (/^[a-z][-a-z0-9]*$/.test(host)) return host;
  throw new UsageError(
    `Drey reaches a JobManager by the id of its cluster, not at ${address}: -Dkubernetes.cluster-id=<id>.`,
  );
};

/** @throws UsageError with Flink's sentence. */
export const jobIdOf = (text: string): string => {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw new UsageError(
    `Cannot parse JobID from "${text}". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.`,
  );
};

/** @throws UsageError for what is not a whole number above zero. */
export const positive = (text: string, message: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0) return value;
  throw new UsageError(`${message}: ${text}`);
};
