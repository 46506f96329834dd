import type { Restore } from '#events/programs/program.ts';
import type { FieldError } from '#events/problems/problem.ts';
import { findLocationError } from '#events/location.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { assertNoFieldErrors, findOptionErrors, toFieldError } from '#shared/flink/options.ts';

import { describeUri } from '#shared/flink/program/uri.ts';

import { listKeysOfAllVersions } from './canonical.ts';

/** The savepoint that a job starts from. A session would restore every later job from it, other programs included. */
export const restorePathOption = 'execution.state-recovery.path';

/** All keys of the restore path. */
export const restorePathKeys: readonly string[] = listKeysOfAllVersions(restorePathOption);

/** How a job uses its savepoint: the members of `restore`, and the options with the same meaning. */
export const restoreModeOptions = {
  claimMode: 'execution.state-recovery.claim-mode',
  allowNonRestoredState: 'execution.state-recovery.ignore-unclaimed-state',
} as const;

/** All keys of the options about the savepoint of a job. */
export const restoreKeys: readonly string[] = [
  ...restorePathKeys,
  ...Object.values(restoreModeOptions).flatMap(listKeysOfAllVersions),
];

/** The options without those of the keys. */
const without = <V>(config: Readonly<Record<string, V>>, keys: readonly string[]): Record<string, V> =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));

/** The options without the restore path. */
export const withoutRestorePath = <V>(config: Readonly<Record<string, V>>): Record<string, V> =>
  without(config, restorePathKeys);

/** The options without all that they say about a savepoint. */
export const withoutRestore = <V>(config: Readonly<Record<string, V>>): Record<string, V> =>
  without(config, restoreKeys);

type KeyValue = readonly [key: string, value: string];

/** The values of an option in one layer, by its keys. A blank path stands for none. */
const listValues = (config: Config, keys: readonly string[]): readonly KeyValue[] =>
  keys.flatMap((key) => {
    const value = toText(config[key] ?? '').trim();
    return value === '' ? [] : [[key, value] as const];
  });

/** The restore paths in options of one layer, by their keys. A blank path stands for none. */
export const listRestorePaths = (config: Config): readonly KeyValue[] => listValues(config, restorePathKeys);

interface CommandRestore {
  /** The options of the command. */
  readonly config: Config;
  readonly restore: Restore | undefined;
  /** The place of `restore` in the request. */
  readonly pointer: string;
}

/** @throws Fault `refused-option` for what is wrong with the savepoint that a command names, in its options or in `restore`. */
export const assertRestore = (command: CommandRestore): void =>
  assertNoFieldErrors([...findModeErrors(command), ...findRestoreErrors(command)]);

/** Values that are no claim mode and no boolean, under any key. */
const findModeErrors = ({ config }: CommandRestore): readonly FieldError[] =>
  Object.values(restoreModeOptions).flatMap((option) =>
    listKeysOfAllVersions(option).flatMap((key) =>
      Object.hasOwn(config, key) ? findOptionErrors({ [option]: config[key] ?? '' }, { [key]: '' }) : [],
    ),
  );

/** A command names one savepoint and one way to use it: in its options, or in `restore`. */
export const findRestoreErrors = (command: CommandRestore): readonly FieldError[] => [
  ...findPathErrors(command),
  ...findModeConflicts(command),
];

const findPathErrors = ({ config, restore, pointer }: CommandRestore): readonly FieldError[] => {
  const paths = listRestorePaths(config);
  const wrong = paths.flatMap(([key, path]) => {
    const detail = findLocationError(path);
    return detail === undefined ? [] : [toFieldError(key, detail)];
  });
  if (wrong.length > 0) return wrong;
  const given = (['path', 'fromCluster', 'snapshot'] as const).flatMap((member) =>
    listMember(member, restore, pointer),
  );
  if (restore !== undefined && given.length === 0 && paths.length === 0)
    return [
      {
        pointer,
        detail: `requires a savepoint. Set ${nameMember('path', pointer)}, ${nameMember('fromCluster', pointer)}, ${nameMember('snapshot', pointer)} or ${restorePathOption}.`,
      },
    ];
  return findConflicts([...given, ...paths], 'A job starts from one savepoint. Leave one of them out.');
};

const findModeConflicts = ({ config, restore, pointer }: CommandRestore): readonly FieldError[] =>
  (['claimMode', 'allowNonRestoredState'] as const).flatMap((member) =>
    findConflicts(
      [
        ...listMember(member, restore, pointer),
        ...listValues(config, listKeysOfAllVersions(restoreModeOptions[member])),
      ].map(([name, value]) => [name, value.toUpperCase()] as const),
      'They have one meaning. Leave one of them out.',
    ),
  );

/** The value of a member of `restore` by its name in the request, such as `job.restore.path`. */
const listMember = (member: keyof Restore, restore: Restore | undefined, pointer: string): readonly KeyValue[] => {
  const value = restore?.[member];
  return value === undefined ? [] : [[nameMember(member, pointer), String(value)]];
};

const nameMember = (member: keyof Restore, pointer: string): string =>
  `${pointer.slice(1).replaceAll('/', '.')}.${member}`;

/** The options whose value differs from the first one. */
const findConflicts = ([first, ...others]: readonly KeyValue[], rule: string): readonly FieldError[] =>
  first === undefined
    ? []
    : others
        .filter(([, value]) => value !== first[1])
        .map(([key, value]) =>
          toFieldError(key, `is ${describeUri(value)}, but ${first[0]} is ${describeUri(first[1])}. ${rule}`),
        );
