import { distance } from 'fastest-levenshtein';

import { flinkVersions, newestFlinkVersion } from '#events/flink-version.ts';
import { type FieldError, toPointer } from '#events/problems/problem.ts';
import { shorten } from '#events/problems/shorten.ts';
import type { Target } from '#events/records/target.ts';
import { listKeysOfAllVersions, toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { isKnownKey, keysOf } from '#shared/flink/option-names/keys.ts';
import { isFixedOption, isReservedOption } from '#shared/flink/option-names/reserved.ts';
import { restorePathKeys } from '#shared/flink/option-names/restore.ts';
import { findNearestOption } from '#shared/flink/option-names/unknown.ts';
import { findOptionErrors } from '#shared/flink/options.ts';

import { isFieldName, isKnownField, listKnownFields } from './settings/fields.ts';
import { parseName } from './option-names.ts';

/**
 * The names in a policy that name nothing, so that it would protect nothing, and locked values that Flink does not accept.
 */
export const findPolicyNameErrors = ({
  policy,
  defaults,
}: Pick<Target, 'policy' | 'defaults'>): readonly FieldError[] => [
  ...policy.denied.flatMap((name, index) => toErrors(['denied', String(index)], findNameError(name))),
  ...Object.entries(policy.locked).flatMap(([key, value]) =>
    toErrors(['locked', key], findNameError(key) ?? findLockError(key, value, defaults)),
  ),
];

const toErrors = (path: readonly string[], detail: string | undefined): readonly FieldError[] =>
  detail === undefined ? [] : [{ pointer: toPointer(['policy', ...path]), detail }];

const findNameError = (name: string): string | undefined =>
  (isFieldName(name) ? isKnownField(name) : isKnownOption(name)) ? undefined : describeUnknown(name);

const describeUnknown = (name: string): string =>
  `${shorten(name, 100)} names no option of Flink and no field of a command, so that it protects nothing. The most similar name is ${findNearest(shorten(name, 100))}.`;

const findNearest = (name: string): string => {
  const fields = listKnownFields(name);
  const names = isFieldName(name) ? fields : [...fields, findNearestOption(parseName(name).name)];
  const [nearest] = names
    .map((one) => [one, distance(one, name)] as const)
    .toSorted(([, one], [, other]) => one - other);
  return nearest?.[0] ?? '';
};

/** Prefixes of options that Flink passes on to file systems, and does not list itself. */
const filePrefixes = ['fs.', 's3.', 's3a.', 'gs.', 'presto.', 'oss.', 'azure.', 'env.', 'containerized.'] as const;

const isKnownOption = (name: string): boolean => {
  const { name: option, isPattern } = parseName(name);
  if (filePrefixes.some((prefix) => `${option}.`.startsWith(prefix))) return true;
  return flinkVersions.some((version) => {
    if (isKnownKey(option, version)) return true;
    const { known, prefixes } = keysOf(version);
    return isPattern && [...known, ...prefixes].some((key) => key.startsWith(`${option}.`));
  });
};

const findLockError = (key: string, value: string, defaults: Target['defaults']): string | undefined => {
  if (isReservedOption(key) || isFixedOption(key) || reserved.has(key))
    return 'Drey or Flink sets this option itself. Remove it.';
  if (listKeysOfAllVersions(key).some((name) => restorePathKeys.includes(name)))
    return 'is no option for all commands, because every later program would start from this savepoint. Deny it instead.';
  const current = toCurrentKey(key, newestFlinkVersion);
  const [error] = findOptionErrors({ [current]: value });
  if (error !== undefined) return error.detail;
  const other = listKeysOfAllVersions(key).find((name) => (defaults[name] ?? value) !== value);
  return other === undefined
    ? undefined
    : `has another value in the defaults of the target (${other}). Remove one of them.`;
};

const reserved: ReadonlySet<string> = new Set(['kubernetes.cluster-id', 'kubernetes.namespace']);
