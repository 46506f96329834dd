import type { Restore } from '#events/programs/program.ts';
import { type FieldError, toPointer } from '#events/problems/problem.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';
import { type Config, toText } from '#shared/flink/config.ts';

import { describeUri } from '#shared/flink/program/uri.ts';

import { listKeysOfAllVersions } from './canonical.ts';

/** The savepoint that a job starts from. A session would restore every later job from it, other programs included. */
export const restorePathOption = 'execution.state-recovery.path';

/** All keys of the restore path. */
export const restorePathKeys: readonly string[] = listKeysOfAllVersions(restorePathOption);

/** The options without the restore path. */
export const withoutRestorePath = <V>(config: Readonly<Record<string, V>>): Record<string, V> =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !restorePathKeys.includes(key)));

/** The restore paths in options of one layer, by their keys. A blank path stands for none. */
export const listRestorePaths = (config: Config): readonly (readonly [key: string, path: string])[] =>
  restorePathKeys.flatMap((key) => {
    const path = toText(config[key] ?? '').trim();
    return path === '' ? [] : [[key, path] as const];
  });

interface CommandRestore {
  /** The options of the command. */
  readonly config: Config;
  readonly restore: Restore | undefined;
  /** The place of `restore` in the request. */
  readonly pointer: string;
}

/** @throws Fault `refused-option` when the options of a command and its `restore` name different savepoints. */
export const assertOneRestorePath = (command: CommandRestore): void =>
  assertNoFieldErrors(findRestorePathErrors(command));

/** A command names one restore path: in its options, or in `restore`. */
export const findRestorePathErrors = ({ config, restore, pointer }: CommandRestore): readonly FieldError[] => {
  const paths = listRestorePaths(config);
  const [first] = paths;
  if (first === undefined) return [];
  const other =
    restore === undefined
      ? paths.find(([, path]) => path !== first[1])
      : restore.fromCluster === undefined
        ? ([`${pointer.slice(1).replaceAll('/', '.')}.path`, restore.path ?? ''] as const)
        : ([`${pointer.slice(1).replaceAll('/', '.')}.fromCluster`, restore.fromCluster] as const);
  if (other === undefined || other[1] === first[1]) return [];
  return paths
    .filter(([, path]) => path !== other[1])
    .map(([key, path]) => ({
      pointer: toPointer(['config', key]),
      detail: `is ${describeUri(path)}, but ${other[0]} is ${describeUri(other[1])}. A job starts from one savepoint. Leave one of them out.`,
    }));
};
