import { flinkVersions } from '#events/flink-version.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import type { SqlProgram } from '#events/programs/sql.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { listKeysOfAllVersions, toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { isClusterOption } from '#shared/flink/option-names/cluster-options.ts';
import { isMap } from '#shared/flink/option-names/maps.ts';
import { toFieldError } from '#shared/flink/options.ts';
import { readScriptSettings, toSettingError } from '#shared/flink/program/sql-settings.ts';

type Config = Readonly<Record<string, string>>;

/** The options of a command that its target does not allow. */
export const findLockedOptions = (config: Config, target: NamedTarget): readonly FieldError[] =>
  Object.keys(config)
    .filter((key) => isLockedOption(key, target))
    .map((key) => toFieldError(key, `Target ${target.name} does not allow the option ${key}.`));

/** The options of a SQL script that its target does not allow. A script at a URI is not read, so it might set any. */
export const findLockedSettings = (
  sql: SqlProgram | undefined,
  { target, pointer }: { readonly target: NamedTarget; readonly pointer: '/job/sql' | '/sql' },
): readonly FieldError[] => {
  if (sql === undefined) return [];
  const { name, locked } = target;
  const [lock] = locked.filter(isLockOfJobs);
  if (sql.scriptUri !== undefined && lock !== undefined) {
    const detail = `Target ${name} does not allow the option ${lock}, and Drey does not read this file to check its SETs. Give the statements in script.`;
    return [{ pointer: `${pointer}/scriptUri`, detail }];
  }
  return readScriptSettings(sql)
    .filter(({ key }) => isLockedOption(key, target))
    .map((setting) =>
      toSettingError(setting, { pointer: `${pointer}/script`, detail: `Target ${name} does not allow the option.` }),
    );
};

/** @throws Fault `refused-option` with everything that a target refuses, if there is something. */
export const assertAllowed = (errors: readonly FieldError[], { name }: NamedTarget): void => {
  const [first] = errors;
  if (first === undefined) return;
  const message =
    errors.length === 1 ? first.detail : `Target ${name} refuses ${errors.length} options of the command.`;
  throw new Fault('refused-option', message, { errors });
};

/** Whether the target does not allow the option. */
export const isLockedOption = (key: string, { locked }: NamedTarget): boolean =>
  locked.some((lock) => matchesLock(key, lock));

/**
 * A lock covers every name of its option, and the keys below an option that is a map (`kubernetes.secrets.NAME`). A lock
 * of such a key covers the whole map, too, because it sets or removes the key.
 */
const matchesLock = (key: string, lock: string): boolean => {
  const { name, isPattern } = parseLock(lock);
  const names = listKeysOfAllVersions(key);
  if (!isPattern && names.includes(name)) return true;
  if (names.some((one) => `${name}.`.startsWith(`${one}.`) && isMapOfAnyVersion(one))) return true;
  const maps = isPattern ? [name] : [name, ...flinkVersions.map((version) => toCurrentKey(name, version))];
  return maps.some((map) => names.some((one) => one.startsWith(`${map}.`)));
};

const isMapOfAnyVersion = (key: string): boolean => flinkVersions.some((version) => isMap(key, version));

/** Whether a job could set the option while its cluster runs. */
const isLockOfJobs = (lock: string): boolean => {
  const { name, isPattern } = parseLock(lock);
  return !isClusterOption(isPattern ? `${name}.` : name);
};

const parseLock = (lock: string) => {
  const name = lock.replace(/\.\*$/, '');
  return { name, isPattern: name !== lock };
};
