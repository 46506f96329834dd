import type { RequestFields } from './request-fields.ts';
import { UsageError } from './usage-error.ts';
import { parsePositiveInteger } from './values.ts';

/** The options of `run`, for jobs on a session and for applications. */
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

/** Flags → description. */
export const programOptions = {
  '-c, --class <class>': 'class with main(), if the jar manifest does not name it',
  '-p, --parallelism <n>': 'parallelism of the program',
  '-d, --detached': 'return when the job is submitted',
  '-s, --fromSavepoint <path>': 'savepoint to start from',
  '-n, --allowNonRestoredState': 'drop state that the program does not use',
  '--claimMode <mode>': 'claim, no_claim or legacy (also -claimMode, -cm)',
  '--restoreMode <mode>': 'the same as --claimMode (deprecated by Flink; also -rm)',
  '-j, --jarfile <jar>': 'jar, instead of the first operand (deprecated by Flink)',
  '-z, --zookeeperNamespace <name>': 'set high-availability.cluster-id',
  '--shutdownOnAttachedExit': 'on Ctrl-C, stop the application or the job (also -sae)',
} as const;

export const repeatableProgramOptions = {
  '-C, --classpath <url>': 'add a URL to the classpath; repeatable',
  '-a, --arguments <argument>': 'argument of the program; repeatable (deprecated by Flink)',
} as const;

/** Leaves the parallelism to the configuration. @see Flink 2.2 `ExecutionConfig.PARALLELISM_DEFAULT` */
const parallelismDefault = '-1';

/** A program as the body of a submit and the `job` of a deploy describe it. */
export interface Program {
  readonly jar: string;
  readonly args: readonly string[];
  readonly entryClass?: string;
  readonly parallelism?: number;
  readonly restore?: (RequestFields | { readonly path: string }) & {
    readonly allowNonRestoredState: boolean;
    readonly claimMode?: string;
  };
}

interface ProgramContext {
  readonly printNotice: (line: string) => void;
  readonly restore: RequestFields | undefined;
}

/** @throws UsageError in Flink's words, before any request to the API. */
export const parseProgram = (
  operands: readonly string[],
  options: ProgramOptions,
  { printNotice, restore: latest }: ProgramContext,
): Program => {
  const [jar, ...afterJar] = options.jarfile === undefined ? operands : [options.jarfile, ...operands];
  const { class: entryClass, parallelism, fromSavepoint, claimMode = options.restoreMode } = options;
  if (jar === undefined) throw new UsageError('Java program should be specified a JAR file.');
  const restore = fromSavepoint === undefined ? latest : { path: fromSavepoint };
  const args = [...(options.arguments ?? []), ...afterJar];
  for (const word of afterJar.filter((one) => /^-D[\w.$-]+=/.test(one)))
    printNotice(`WARN ${word} follows the jar, so the program gets it. Flink options precede the jar.`);
  if (fromSavepoint !== undefined && latest !== undefined)
    throw new UsageError('-s and -Ddrey.restore.from-cluster cannot be combined. Use one of them.');
  if (options.restoreMode !== undefined)
    printNotice("The option 'restoreMode' is deprecated. Please use 'claimMode' instead.");
  return {
    jar,
    args,
    ...(entryClass === undefined ? {} : { entryClass }),
    ...(parallelism === undefined || parallelism === parallelismDefault
      ? {}
      : { parallelism: parsePositiveInteger(parallelism, 'The parallelism must be a positive number') }),
    ...(restore === undefined ? {} : { restore: { ...restore, ...parseRestoreMode(claimMode, options) } }),
  };
};

const parseRestoreMode = (claimMode: string | undefined, { allowNonRestoredState = false }: ProgramOptions) => ({
  allowNonRestoredState,
  ...(claimMode === undefined ? {} : { claimMode: claimMode.toUpperCase() }),
});
