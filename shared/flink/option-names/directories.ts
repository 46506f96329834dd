import { findLocationError } from '#events/location.ts';
import type { FieldError } from '#events/problems/problem.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { findGivenKey, toFieldError } from '#shared/flink/options.ts';

import { listKeysOfAllVersions } from './canonical.ts';

/** The default directory of savepoints. */
export const savepointDirectoryOption = 'execution.checkpointing.savepoint-dir';

/** All keys of the options with directories of savepoints and checkpoints. */
export const stateDirectoryKeys: ReadonlySet<string> = new Set(
  ['execution.checkpointing.dir', savepointDirectoryOption].flatMap(listKeysOfAllVersions),
);

/**
 * The directories of state that no file system of Flink can write to.
 *
 * @param given The options of the caller. The field errors name their keys, which may be deprecated ones.
 */
export const findDirectoryErrors = (config: Config, given: Config = config): readonly FieldError[] =>
  [...stateDirectoryKeys, ...listKeysOfAllVersions('high-availability.storageDir')].flatMap((key) => {
    const detail = findLocationError(toText(config[key] ?? ''));
    return detail === undefined ? [] : [toFieldError(findGivenKey(key, given), detail)];
  });
