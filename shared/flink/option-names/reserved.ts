import { listKeysOfAllVersions } from './canonical.ts';

/** Options whose values follow from the command, such as its mode and its cluster ID. */
const reservedKeys: ReadonlySet<string> = new Set([
  'execution.target',
  'high-availability.cluster-id',
  'jobmanager.rpc.address',
]);

/** Options with which the parts of Flink pass values to each other. */
const internalPattern = /^(\$internal|internal|kubernetes\.internal|python\.internal)\./;

/** Whether Drey, or Flink itself, sets the option. The key may be a deprecated one. */
export const isReservedOption = (key: string): boolean =>
  listKeysOfAllVersions(key).some((name) => reservedKeys.has(name) || internalPattern.test(name));
