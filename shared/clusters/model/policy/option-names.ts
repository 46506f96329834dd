import { flinkVersions } from '#events/flink-version.ts';
import { listKeysOfAllVersions, toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { isClusterOption } from '#shared/flink/option-names/cluster-options.ts';
import { isMap } from '#shared/flink/option-names/maps.ts';

/**
 * Whether a name in a policy covers an option. It covers every name of its option, and the keys below an option that is a
 * map (`kubernetes.secrets.NAME`). The name of such a key covers the whole map, too, because it sets or removes the key.
 */
export const coversOption = (covering: string, key: string): boolean => {
  const { name, isPattern } = parseName(covering);
  const names = listKeysOfAllVersions(key);
  if (!isPattern && names.includes(name)) return true;
  if (names.some((one) => `${name}.`.startsWith(`${one}.`) && isMapOfAnyVersion(one))) return true;
  const maps = isPattern ? [name] : [name, ...flinkVersions.map((version) => toCurrentKey(name, version))];
  return maps.some((map) => names.some((one) => one.startsWith(`${map}.`)));
};

const isMapOfAnyVersion = (key: string): boolean => flinkVersions.some((version) => isMap(key, version));

/** Whether a job could set an option that the name covers while its cluster runs. */
export const coversJobOptions = (covering: string): boolean => {
  const { name, isPattern } = parseName(covering);
  return !isClusterOption(isPattern ? `${name}.` : name);
};

export const parseName = (covering: string): { readonly name: string; readonly isPattern: boolean } => {
  const name = covering.replace(/\.\*$/, '');
  return { name, isPattern: name !== covering };
};
