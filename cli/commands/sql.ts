import { Failure } from '#cli/api/failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { readTextOrStdin } from '#cli/input/document.ts';
import { toLocalPath } from '#cli/input/files.ts';
import { parseSqlProgram, type ProgramOptions, programOptions, type SqlProgram } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import type { Context } from '../context.ts';

/** Where the statements are. */
export interface ScriptOptions {
  readonly file?: string;
  readonly execute?: string;
}

type Options = ScriptOptions & ProgramOptions & WaitOptions & { readonly session?: string };

/** The options of a script, for `sql` and `render sql`. */
export const sqlOptions = {
  '-f, --file <file>': 'script: a file, - for stdin, or local://, s3://, https://',
  '--execute <statements>': 'the statements themselves, instead of a file',
  '-p, --parallelism <n>': programOptions['-p, --parallelism <n>'],
  '-s, --fromSavepoint <path>': programOptions['-s, --fromSavepoint <path>'],
  '-n, --allowNonRestoredState': programOptions['-n, --allowNonRestoredState'],
  '--claimMode <mode>': programOptions['--claimMode <mode>'],
  '-d, --detached': 'set execution.attached=false',
} as const;

export const sql = defineCommand<Options>({
  options: {
    ...sqlOptions,
    '--session <cluster-id>': 'submit the script to this session',
    '--shutdownOnAttachedExit': programOptions['--shutdownOnAttachedExit'],
    ...waitOptions,
  },
  examples: {
    'drey sql -f etl.sql -Dkubernetes.cluster-id=etl': 'start an application that executes a script',
    'drey sql -f etl.sql -Dexecution.attached=true': 'start an application and wait for its result',
    'drey sql -f s3://bucket/etl.sql -s s3://bucket/savepoints/savepoint-1':
      'execute a script that the JobManager reads, from a savepoint',
    'drey sql -d -f etl.sql --session my-first-flink-cluster': 'submit a script to a session',
    [`drey sql --session my-first-flink-cluster --execute "INSERT INTO out SELECT * FROM events"`]:
      'submit one statement',
  },
  run: async (context, _operands, options) => {
    const script = await readScript(options, context);
    if (options.session !== undefined && context.mode === 'application')
      throw new UsageError('--session and --target kubernetes-application cannot be combined. Use one of them.');
    if (options.session !== undefined || context.mode === 'session') {
      const { runSqlOnSession } = await import('#cli/flows/session/session-job.ts');
      return runSqlOnSession(script, options, context);
    }
    const { runApplication, toApplication } = await import('#cli/flows/application.ts');
    return runApplication(toApplication(script, options, context), options, context);
  },
});

/** @throws UsageError without a script, Failure for a file that cannot be read. */
export const readScript = async (options: ScriptOptions & ProgramOptions, context: Context): Promise<SqlProgram> => {
  const { file, execute } = options;
  if (file !== undefined && execute !== undefined)
    throw new UsageError('-f and --execute cannot be combined. Use one of them.');
  if (file === undefined && execute === undefined)
    throw new UsageError('Specify the script: -f FILE or --execute STATEMENTS.');
  const source = file === undefined ? { script: execute ?? '' } : await readScriptFile(file, context);
  return parseSqlProgram(source, options, context);
};

const readScriptFile = async (file: string, { io }: Context): Promise<SqlProgram['sql']> => {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(file)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'file') return { scriptUri: file };
  const option = '-f';
  const content = await readTextOrStdin({ file: toLocalPath({ file, option }), option }, io.stdin);
  const script = content.replace(/^\uFEFF/, '');
  if (script.includes('\uFFFD')) throw new Failure(`${file} is not a text in UTF-8. Convert it first.`);
  return { script };
};
