import type { RestoreFrom } from './drey-options.ts';
import { UsageError } from './usage-error.ts';
import { positive } from './values.ts';

/** The options of `run`, on a session as for an application. */
export interface ProgramOptions {
  readonly class?: string;
  readonly parallelism?: string;
  readonly detached?: boolean;
  readonly fromSavepoint?: string;
  readonly allowNonRestoredState?: boolean;
  readonly claimMode?: string;
  readonly restoreMode?: string;
  readonly classpath?: readonly string[];
  readonly shutdownOnAttachedExit?: boolean;
  readonly jarfile?: string;
  readonly arguments?: readonly string[];
  readonly zookeeperNamespace?: string;
}

/** How they are written → what they do. */
export const programOptions = {
  '-c, --class <class>': 'the class with main(), where the manifest of the jar does not name it',
  '-p, --parallelism <n>': 'the parallelism of the program',
  '-d, --detached': 'do not wait until the job ends',
  '-s, --fromSavepoint <path>': 'the savepoint to start from',
  '-n, --allowNonRestoredState': 'let go of state that the program no longer has',
  '--claimMode <mode>': 'how to use the savepoint: claim, no_claim or legacy (also -claimMode, -cm)',
  '--restoreMode <mode>': 'old name of --claimMode (also -rm)',
  '-j, --jarfile <jar>': 'the jar, where it is not the first operand (deprecated by Flink)',
  '-z, --zookeeperNamespace <name>': 'sets high-availability.cluster-id',
  '--shutdownOnAttachedExit':
    'Ctrl-C ends what is waited for, too: the application, or the job on a session (also -sae)',
} as const;

export const repeatableProgramOptions = {
  '-C, --classpath <url>': 'one more place with classes of the program, which every container can read; repeatable',
  '-a, --arguments <argument>':
    'an argument of the program; repeatable (deprecated by Flink: write them behind the jar)',
} as const;

/** The parallelism that says nothing. @see Flink 2.2 `ExecutionConfig.PARALLELISM_DEFAULT` */
const asConfigured = '-1';

/** What a program is started with, as a submit and a deploy have it. */
export interface Program {
  readonly jar: string;
  readonly args: readonly string[];
  readonly entryClass?: string;
  readonly parallelism?: number;
  readonly restore?: (RestoreFrom | { readonly path: string }) & {
    readonly allowNonRestoredState: boolean;
    readonly claimMode?: string;
  };
}

/** @throws UsageError in Flink's words, before anything is asked. */
export const programOf = (
  operands: readonly string[],
  options: ProgramOptions,
  { note, restore }: { readonly note: (line: string) => void; readonly restore: RestoreFrom | undefined },
): Program => {
  const [jar, ...behindIt] = options.jarfile === undefined ? operands : [options.jarfile, ...operands];
  const { class: entryClass, parallelism, fromSavepoint, claimMode = options.restoreMode } = options;
  if (jar === undefined) throw new UsageError('Java program should be specified a JAR file.');
  const args = [...(options.arguments ?? []), ...behindIt];
  for (const behind of behindIt.filter((word) => /^-D[\w.$-]+=/.test(word)))
    note(`WARN ${behind} stands behind the jar, so it goes to the program.`);
  if (fromSavepoint !== undefined && restore !== undefined)
    throw new UsageError('-s and -Ddrey.restore.from-cluster contradict each other.');
  if (options.restoreMode !== undefined)
    note("The option 'restoreMode' is deprecated. Please use 'claimMode' instead.");
  return {
    jar,
    args,
    ...(entryClass === undefined ? {} : { entryClass }),
    ...(parallelism === undefined || parallelism === asConfigured
      ? {}
      : { parallelism: positive(parallelism, 'The parallelism must be a positive number') }),
    ...(fromSavepoint === undefined
      ? restore === undefined
        ? {}
        : { restore: { ...restore, ...howOf(claimMode, options) } }
      : {
          restore: {
            path: fromSavepoint,
            ...howOf(claimMode, options),
          },
        }),
  };
};

const howOf = (claimMode: string | undefined, { allowNonRestoredState = false }: ProgramOptions) => ({
  allowNonRestoredState,
  ...(claimMode === undefined ? {} : { claimMode: claimMode.toUpperCase() }),
});
