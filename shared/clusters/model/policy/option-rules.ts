import type { SqlProgram } from '#events/programs/sql.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { newestFlinkVersion } from '#events/flink-version.ts';
import { toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { keysOf } from '#shared/flink/option-names/keys.ts';
import { isMap, listNames } from '#shared/flink/option-names/maps.ts';
import { mayBeSecret } from '#events/secrets.ts';

import { explain } from './explain.ts';
import { isFieldName } from './settings/fields.ts';
import { sourceOptions } from './pods/config-source.ts';
import { coversJobOptions, coversOption } from './option-names.ts';
import type { Setting } from './settings/settings.ts';

type Covers = typeof coversOption;

/** A pod template may have thousands of fields with the same options. */
const rememberAnswers = (covers: Covers): Covers => {
  const known = new Map<string, boolean>();
  return (name, option) => {
    const key = `${name} ${option}`;
    const isCovered = known.get(key) ?? covers(name, option);
    known.set(key, isCovered);
    return isCovered;
  };
};

/** The settings of a command that a policy denies, and those whose option always has another value. */
export const findOptionViolations = (settings: readonly Setting[], target: NamedTarget): readonly FieldError[] => {
  if (!hasOptionRules(target)) return [];
  const { denied, locked } = target.policy;
  const covers = rememberAnswers(coversOption);
  const names = [...denied, ...sourceOptions];
  return settings.flatMap((setting) => {
    const name = names.find((one) => isDeniedBy(setting, one, covers));
    if (name !== undefined) return [setting.toError(explain(target, 'denied', describeDenial(setting, name, denied)))];
    const lock = Object.entries(locked).find((one) => contradicts(setting, one, covers));
    return lock === undefined ? [] : [setting.toError(explain(target, 'locked', describeLock(setting, ...lock)))];
  });
};

/** Whether a policy depends on the configuration that Flink reads. */
export const hasOptionRules = ({ policy: { locked, denied } }: NamedTarget): boolean =>
  Object.keys(locked).length + denied.length > 0;

const describeDenial = ({ name }: Setting, denied: string, all: readonly string[]): string =>
  all.includes(denied)
    ? `${name} may not be set (${denied}). Remove it.`
    : `${name} may not be set, because Flink would read another configuration than the one that Drey has checked. Remove it.`;

const describeLock = ({ name }: Setting, key: string, value: string): string =>
  `${name} may not change ${key}, which is always ${mayBeSecret(key) ? 'set by the target' : value}. Remove it.`;

const isDeniedBy = ({ field, fields = [], options }: Setting, name: string, covers: Covers): boolean =>
  isFieldName(name)
    ? (field !== undefined && isWithin(field, name)) || fields.some((one) => isWithin(one, name) || isWithin(name, one))
    : options.some((option) => covers(name, option));

const isWithin = (field: string, outer: string): boolean => `${field}.`.startsWith(`${outer}.`);

const contradicts = (
  { options, value }: Setting,
  [key, locked]: readonly [key: string, locked: string],
  covers: Covers,
): boolean => options.some((option) => covers(key, option) && !isSameValue([option, value], [key, locked]));

/**
 * Whether an option of a command agrees with a locked one. Each may be a map or one name of it. A locked map has no other
 * names, and beside a locked name of a map, others are free.
 */
const isSameValue = (
  [option, value]: readonly [key: string, value: string | undefined],
  [key, locked]: readonly [key: string, value: string],
): boolean => {
  if (value === undefined) return false;
  const maps = [key, option].map(toCurrent).filter((name) => isMap(name, newestFlinkVersion));
  if (maps.length === 0 && !isNameOfMap(option)) return isSameText(value, locked);
  const [given, always] = [
    listNames(toCurrent(option), value, newestFlinkVersion),
    listNames(toCurrent(key), locked, newestFlinkVersion),
  ];
  return Object.entries(given).every(([name, text]) =>
    Object.hasOwn(always, name) ? always[name] === text : !maps.includes(toCurrent(key)),
  );
};

/** Flink reads booleans in any case. */
const isSameText = (one: string, other: string): boolean =>
  one.trim() === other.trim() ||
  (/^(true|false)$/i.test(one.trim()) && one.trim().toLowerCase() === other.trim().toLowerCase());

const isNameOfMap = (key: string): boolean =>
  keysOf(newestFlinkVersion).prefixes.some((prefix) => key.startsWith(prefix));

const toCurrent = (key: string): string => toCurrentKey(key, newestFlinkVersion);

/** The locked options that a job may have. */
export const listLockedJobOptions = ({ policy }: NamedTarget): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(policy.locked).filter(([key]) => coversJobOptions(key)));

/** @throws Fault `refused-option` with everything that a target refuses, if there is something. */
export const assertAllowed = (errors: readonly FieldError[], { name }: NamedTarget): void => {
  const [first] = errors;
  if (first === undefined) return;
  const message =
    errors.length === 1 ? first.detail : `The policy of target ${name} refuses ${errors.length} fields of the command.`;
  throw new Fault('refused-option', message, { errors });
};

/** A script at a URI is not read, so that it might set any option of its job. */
export const findScriptUriViolations = (
  sql: SqlProgram | undefined,
  pointer: '/job/sql' | '/sql',
  target: NamedTarget,
): readonly FieldError[] => {
  const { locked, denied } = target.policy;
  const hidden = [...Object.keys(locked), ...denied.filter((name) => !isFieldName(name))].find(coversJobOptions);
  if (sql?.scriptUri === undefined || hidden === undefined) return [];
  const rule = Object.hasOwn(locked, hidden) ? 'locked' : 'denied';
  const detail = `the script might set ${hidden}, and Drey does not read this file to check its SETs. Give the statements in script.`;
  return [{ pointer: `${pointer}/scriptUri`, detail: explain(target, rule, detail) }];
};
