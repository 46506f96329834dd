import { distance } from 'fastest-levenshtein';

import type { Config } from '#shared/flink/config.ts';
import { type FlinkVersion, flinkVersions, newestFlinkVersion } from '#events/flink-version.ts';

import { toCurrentKey } from './canonical.ts';
import { isKnownKey, keysOf } from './keys.ts';

/** Options that have no effect on this version of Flink, with what to write instead. Such options are valid. */
export const findUnknownOptions = (config: Config, version: FlinkVersion): readonly string[] =>
  Object.keys(config)
    .filter((key) => !isKnownKey(key, version) && !key.startsWith(scriptOptions))
    .flatMap((key) => describeUnknown(key, version));

/** The start scripts read these options, whose names are not in the code. */
const scriptOptions = 'env.';

const describeUnknown = (key: string, version: FlinkVersion): readonly string[] => {
  const others = flinkVersions.filter((one) => isKnownKey(key, one));
  if (others.length > 0)
    return [`${key} is not an option of Flink ${version}. ${describeChange(key, version, others)}`];
  const similar = findSimilar(key, version);
  return similar === undefined ? [] : [`${key} is not an option of Flink. The most similar option is ${similar}.`];
};

/** @param others The versions that have the option, in their order. */
const describeChange = (key: string, version: FlinkVersion, others: readonly FlinkVersion[]): string => {
  const [first = version, last = first] = [others[0], others.at(-1)];
  if (flinkVersions.indexOf(first) > flinkVersions.indexOf(version)) return `Flink ${first} introduced it.`;
  const current = toCurrentKey(key, last);
  const advice = current !== key && isKnownKey(current, version) ? ` Use ${current}.` : '';
  return `Flink ${flinkVersions[flinkVersions.indexOf(last) + 1] ?? version} removed it.${advice}`;
};

/**
 * The option that the caller probably meant. Flink owns all keys that begin with `kubernetes.`. Other keys may be those of
 * a file system, a connector or a program, so they must be one typing error away from an option.
 */
const findSimilar = (key: string, version: FlinkVersion): string | undefined => {
  const isOwned = key.startsWith('kubernetes.');
  const [nearest] = [...keysOf(version).known]
    .filter((known) => (isOwned ? known.startsWith('kubernetes.') : Math.abs(known.length - key.length) <= 1))
    .map((known) => ({ known, errors: countErrors(known, key) }))
    .toSorted((one, other) => one.errors - other.errors);
  return nearest === undefined || (!isOwned && nearest.errors > 1) ? undefined : toCurrentKey(nearest.known, version);
};

/** The option whose name is most similar, in any version of Flink. */
export const findNearestOption = (name: string): string => {
  const known = new Set(flinkVersions.flatMap((version) => [...keysOf(version).known]));
  const [nearest = ''] = [...known]
    .map((key) => [key, countErrors(key, name)] as const)
    .toSorted(([, one], [, other]) => one - other)
    .map(([key]) => key);
  return toCurrentKey(nearest, newestFlinkVersion);
};

/** The number of characters that are missing, superfluous or wrong. Two that are swapped are one error. */
const countErrors = (one: string, other: string): number => {
  const errors = distance(one, other);
  return errors === 2 && sortCharacters(one) === sortCharacters(other) ? 1 : errors;
};

const sortCharacters = (text: string): string => text.split('').toSorted().join('');
