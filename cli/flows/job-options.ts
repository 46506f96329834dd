import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import type { Config } from '#shared/flink/config.ts';

import type { ProgramOptions } from '#cli/options/program.ts';
import type { InputContext } from '#cli/input/config.ts';
import { readConfigurationFolder } from '#cli/input/configuration-folder.ts';

/** Prefixes of the options that a job on a session may set for itself. */
const jobOptionPrefixes = [
  'cleanup-strategy',
  'execution.buffer-timeout',
  'execution.checkpointing.',
  'execution.runtime-mode',
  'execution.state-recovery.',
  'parallelism.default',
  'pipeline.',
  'restart-strategy',
  'state.',
  'table.',
] as const;

/** What a command says about its savepoint, and its options. */
export interface RestoreContext extends Pick<Context, 'config' | 'restore'> {
  readonly flags: ProgramOptions;
}

/**
 * The options of the folder about jobs that the command does not replace. The others apply to the session, which is
 * already running. Prints the warnings of the folder.
 *
 * @throws Failure when the folder has a restore path that the command does not name.
 */
export const readJobConfig = async (
  context: InputContext & RestoreContext & Pick<Context, 'printNotice'>,
): Promise<Readonly<Record<string, string>>> => {
  const { folder = {}, warnings = [] } = (await readConfigurationFolder(context)) ?? {};
  warnings.forEach((warning) => context.printNotice(`WARN ${warning}`));
  const [{ toCurrentKey, withoutReplaced }, { flinkVersions }] = await Promise.all([
    import('#shared/flink/option-names/canonical.ts'),
    import('#events/flink-version.ts'),
  ]);
  const isAboutJobs = (key: string): boolean =>
    [key, ...flinkVersions.map((version) => toCurrentKey(key, version))].some((name) =>
      jobOptionPrefixes.some((prefix) => name.startsWith(prefix)),
    );
  const options = Object.entries(folder).filter(([key]) => isAboutJobs(key));
  const kept = withoutReplaced(await withoutFolderRestore(Object.fromEntries(options), context), context.config);
  return Object.fromEntries(Object.entries(kept).map(([key, value]) => [key, String(value)]));
};

/**
 * The options of the folder without its restore path and what the flags replace. Every program that runs with the folder
 * would start from the path.
 *
 * @throws Failure unless the command names a savepoint or `-Dexecution.state-recovery.path=`, which stands for none.
 */
export const withoutFolderRestore = async (folder: Config, command: RestoreContext): Promise<Config> => {
  const { listRestorePaths, restoreModeOptions, restorePathKeys, withoutRestorePath } =
    await import('#shared/flink/option-names/restore.ts');
  const { withoutReplaced } = await import('#shared/flink/option-names/canonical.ts');
  const [found] = listRestorePaths(folder);
  const { config, restore, flags } = command;
  const isNamed =
    flags.fromSavepoint !== undefined ||
    restore !== undefined ||
    restorePathKeys.some((key) => Object.hasOwn(config, key));
  if (found === undefined || isNamed)
    return withoutReplaced(withoutRestorePath(folder), {
      ...(flags.allowNonRestoredState === true ? { [restoreModeOptions.allowNonRestoredState]: true } : {}),
      ...((flags.claimMode ?? flags.restoreMode) === undefined ? {} : { [restoreModeOptions.claimMode]: true }),
    });
  const [key, path] = found;
  throw new Failure(`${key} in the configuration folder is ${path}. Every program would start from this savepoint.`, {
    code: 'refused-option',
    hint: `Remove ${key} from the folder. Use -s ${path} to start this program from the savepoint, or -D${key}= to start it without state.`,
  });
};
