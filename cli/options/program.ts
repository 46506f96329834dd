import { parsePython, type PythonOptions, type PythonProgram, pythonOptions } from './python.ts';
import type { RequestFields } from './request-fields.ts';
import { UsageError } from './usage-error.ts';
import { parsePositiveInteger } from './values.ts';

/** The options of `run`, for jobs on a session and for applications. */
export interface ProgramOptions extends PythonOptions {
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
  ...pythonOptions,
} as const;

export const repeatableProgramOptions = {
  '-C, --classpath <url>': 'add a URL to the classpath; repeatable',
  '-a, --arguments <argument>': 'argument of the program; repeatable (deprecated by Flink)',
} as const;

/** Leaves the parallelism to the configuration. @see Flink 2.2 `ExecutionConfig.PARALLELISM_DEFAULT` */
const parallelismDefault = '-1';

/** How the program uses its savepoint, as far as flags say it. */
interface RestoreMode {
  readonly allowNonRestoredState?: boolean;
  readonly claimMode?: string;
}

interface CommonProgram {
  readonly args: readonly string[];
  readonly parallelism?: number;
  readonly restore?: (RequestFields | { readonly path: string }) & RestoreMode;
}

/** A jar as the body of a submit and the `job` of a deploy describe it. */
export interface JarProgram extends CommonProgram {
  readonly jar: string;
  readonly entryClass?: string;
}

/** A SQL script as the body of a submit and the `job` of a deploy describe it. */
export interface SqlProgram extends Omit<CommonProgram, 'args'> {
  readonly sql: { readonly script: string } | { readonly scriptUri: string };
}

/** The `job` of a deploy. */
export type Program = JarProgram | (CommonProgram & { readonly python: PythonProgram }) | SqlProgram;

interface ProgramContext {
  readonly printNotice: (line: string) => void;
  readonly restore: RequestFields | undefined;
}

/** @throws UsageError in Flink's words, before any request to the API. */
export const parseProgram = (
  operands: readonly string[],
  options: ProgramOptions,
  context: ProgramContext,
): Program => {
  const python = parsePython(options);
  if (python === undefined) return parseJar(operands, options, context);
  if (options.class !== undefined)
    throw new UsageError('-c names a class of a jar, and cannot be combined with -py or -pym.');
  if (options.jarfile !== undefined)
    throw new UsageError(
      '-j and -py or -pym cannot be combined, because Flink ignores the jar. Put it into usrlib of the image, or use -C.',
    );
  return { python, ...parseCommon(operands, options, context) };
};

/** The program of a session. @throws UsageError as `parseProgram`, and for a Python program. */
export const parseJarProgram = (
  operands: readonly string[],
  options: ProgramOptions,
  context: ProgramContext,
): JarProgram => {
  if (parsePython(options) !== undefined)
    throw new UsageError(
      'A session runs no Python programs, because concurrent ones would mix up their settings. Start the program as an application: --target kubernetes-application, with an image that has Python.',
    );
  return parseJar(operands, options, context);
};

const parseJar = (operands: readonly string[], options: ProgramOptions, context: ProgramContext): JarProgram => {
  const [jar, ...afterJar] = options.jarfile === undefined ? operands : [options.jarfile, ...operands];
  const { class: entryClass } = options;
  if (jar === undefined) throw new UsageError('Java program should be specified a JAR file.');
  return {
    jar,
    ...(entryClass === undefined ? {} : { entryClass }),
    ...parseCommon(afterJar, options, context),
  };
};

/** @throws UsageError for options that contradict each other. */
export const parseSqlProgram = (
  sql: SqlProgram['sql'],
  options: ProgramOptions,
  context: ProgramContext,
): SqlProgram => {
  const { args: _args, ...program } = parseCommon([], options, context);
  return { sql, ...program };
};

const parseCommon = (
  words: readonly string[],
  options: ProgramOptions,
  { printNotice, restore: latest }: ProgramContext,
): CommonProgram => {
  const { parallelism, fromSavepoint } = options;
  const restore = {
    ...(fromSavepoint === undefined ? latest : { path: fromSavepoint }),
    ...parseRestoreMode(options),
  };
  for (const word of words.filter((one) => /^-D[\w.$-]+=/.test(one)))
    printNotice(`WARN ${word} follows the program, so the program gets it. Flink options precede the program.`);
  if (fromSavepoint !== undefined && latest !== undefined)
    throw new UsageError(
      `-s and -Ddrey.restore.${'snapshot' in latest ? 'snapshot' : 'from-cluster'} cannot be combined. Use one of them.`,
    );
  if (options.restoreMode !== undefined)
    printNotice("The option 'restoreMode' is deprecated. Please use 'claimMode' instead.");
  return {
    args: [...(options.arguments ?? []), ...words],
    ...(parallelism === undefined || parallelism === parallelismDefault
      ? {}
      : { parallelism: parsePositiveInteger(parallelism, 'The parallelism must be a positive number') }),
    ...(Object.keys(restore).length === 0 ? {} : { restore }),
  };
};

export const claimModes = ['CLAIM', 'NO_CLAIM', 'LEGACY'];

/** @throws UsageError for a value that is no claim mode, and for two different ones. */
const parseRestoreMode = ({ allowNonRestoredState, ...options }: ProgramOptions): RestoreMode => {
  const [claimMode, restoreMode] = (['claimMode', 'restoreMode'] as const).map((name) => {
    const mode = options[name]?.toUpperCase();
    if (mode !== undefined && !claimModes.includes(mode))
      throw new UsageError(`--${name} must be claim, no_claim or legacy, not "${options[name]}".`);
    return mode;
  });
  if (claimMode !== undefined && restoreMode !== undefined && claimMode !== restoreMode)
    throw new UsageError(
      `--claimMode is ${claimMode}, but --restoreMode is ${restoreMode}. They have one meaning. Leave one of them out.`,
    );
  const mode = claimMode ?? restoreMode;
  return {
    ...(allowNonRestoredState === true ? { allowNonRestoredState } : {}),
    ...(mode === undefined ? {} : { claimMode: mode }),
  };
};
