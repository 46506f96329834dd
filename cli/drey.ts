import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, styleText } from 'node:util';

import { Command, CommanderError } from 'commander';
import { distance } from 'fastest-levenshtein';

import type { AnyCommand } from './command.ts';
import { batch } from './commands/batch.ts';
import { cancel } from './commands/cancel.ts';
import { clusters } from './commands/clusters.ts';
import { deploy } from './commands/deploy.ts';
import { describe } from './commands/describe.ts';
import { events } from './commands/events.ts';
import { extend } from './commands/extend.ts';
import { kubernetesSession } from './commands/kubernetes-session.ts';
import { list } from './commands/list.ts';
import { logs } from './commands/logs.ts';
import { operation } from './commands/operation.ts';
import { orphans } from './commands/orphans.ts';
import { queue } from './commands/queue.ts';
import { render } from './commands/render.ts';
import { runApplication } from './commands/run-application.ts';
import { run } from './commands/run.ts';
import { schedule } from './commands/schedule.ts';
import { spec } from './commands/spec.ts';
import { targets } from './commands/targets.ts';
import { wait } from './commands/wait.ts';
import type { Io } from './context.ts';
import { Failure, UsageError } from './failure.ts';
import { type CommonOptions, addCommonOptions, withTwoDashes } from './options.ts';

/** In the order of the help. */
const commands: readonly AnyCommand[] = [
  kubernetesSession,
  run,
  runApplication,
  list,
  cancel,
  render,
  clusters,
  describe,
  events,
  logs,
  targets,
  operation,
  queue,
  batch,
  wait,
  extend,
  deploy,
  spec,
  schedule,
  orphans,
];

const flinkVerbs = [kubernetesSession, run, runApplication, list, cancel].map(({ name }) => `"${name}"`).join(', ');
const useHelp = 'Use the help option (-h or --help) to get help on the command.';
const interrupted = 130;

/** Runs one command line. Returns the exit code. */
export const main = async (words: readonly string[], io: Io): Promise<number> => {
  const program = programOf(io);
  try {
    if (words.length === 0) {
      io.stdout.write(`${program.helpInformation()}\nPlease specify an action.\n`);
      return 1;
    }
    await program.parseAsync(asFlinkTakesThem(words, program, commands), { from: 'user' });
    return 0;
  } catch (error) {
    return wantsJson(program) ? tellProgram(error, io) : tell(error, words, io);
  }
};

/** Runs the command line of the process. Ctrl-C ends what is waited for, and the process with 130. */
export const runProcess = async (): Promise<void> => {
  const { stdin, stdout, stderr, env } = process;
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1)); // `drey list | head -1`
  }
  const code = await main(process.argv.slice(2), {
    stdin,
    stdout,
    stderr,
    env,
    packageFolder: join(import.meta.dirname, '..'),
    signal: stopping.signal,
  });
  stdout.write('', () => process.exit(code)); // an open stdin would keep it
};

const programOf = (io: Io): Command => {
  const program = new Command('drey')
    .description('Apache Flink on Amazon EKS, with the commands of Flink')
    .usage('<action> [options] [arguments]')
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show this, or the help of an action')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), outputError: () => {} })
    .version(`Version: ${versionOf(io.packageFolder)}`, '-v, --version', 'show the version')
    .addHelpText('after', '\n`drey <action> --help` shows its options and examples.');
  addCommonOptions(program);
  for (const command of commands) command.addTo(program, io);
  return program;
};

const versionOf = (packageFolder: string): string => {
  // Our own file, which npm reads too.
  const { version }: { version: string } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return version;
};

const asFlinkTakesThem = (words: readonly string[], parent: Command, actions: readonly AnyCommand[]): string[] => {
  const at = words.findIndex((word) => actions.some(({ name }) => name === word));
  const action = actions.find(({ name }) => name === words[at]);
  const command = parent.commands.find((one) => one.name() === action?.name);
  if (action === undefined || command === undefined) return [...words];
  const rest = words.slice(at + 1);
  return [
    ...words.slice(0, at + 1),
    ...(action.commands === undefined
      ? withTwoDashes(rest, command, action.stopsAtOperand === true)
      : asFlinkTakesThem(rest, command, action.commands)),
  ];
};

/** As far as the words were understood. */
const wantsJson = (command: Command): boolean =>
  command.opts<CommonOptions>().output === 'json' || command.commands.some(wantsJson);

/** Says what went wrong in one line of JSON. Returns the exit code. */
const tellProgram = (error: unknown, io: Io): number => {
  if (io.signal.aborted) return interrupted;
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  io.stderr.write(`${JSON.stringify({ error: toldOf(error) })}\n`);
  return 1;
};

const toldOf = (error: unknown) => {
  if (error instanceof CommanderError) return { message: usageMessage(error) };
  if (error instanceof UsageError) return { message: error.message };
  const { message, code, errors, lines, hint } = error instanceof Failure ? error : unexpected(error);
  return {
    message,
    code,
    ...(errors.length === 0 ? {} : { errors }),
    ...(errors.length > 0 || lines.length === 0 ? {} : { details: lines }),
    hint,
  };
};

/** Says what went wrong. Returns the exit code. */
const tell = (error: unknown, words: readonly string[], io: Io): number => {
  if (io.signal.aborted) return interrupted;
  if (error instanceof CommanderError) return tellUsage(error, io);
  if (error instanceof UsageError) {
    io.stdout.write(`${error.message}\n\n${useHelp}\n`);
    return 1;
  }
  const failure = error instanceof Failure ? error : unexpected(error);
  const red = styleText('red', failure.message, { stream: io.stderr });
  const hint = failure.hint === undefined ? [] : [failure.hint];
  io.stderr.write(`${[red, ...failure.lines.map((line) => `  ${line}`), ...hint].join('\n')}\n`);
  if (words.includes('--verbose')) io.stderr.write(`${inspect(failure.cause ?? error)}\n`);
  return 1;
};

const unexpected = (error: unknown) =>
  new Failure(`Something unexpected happened: ${error instanceof Error ? error.message : String(error)}`, {
    hint: 'The same with --verbose shows more.',
    cause: error,
  });

const tellUsage = (error: CommanderError, io: Io): number => {
  if (error.exitCode === 0) return 0;
  io.stdout.write(`${usageMessage(error)}\n\n${useHelp}\n`);
  return 1;
};

/** The nearest action, where it is near. */
const meant = (word: string): string => {
  const [near] = commands
    .map(({ name }) => ({ name, far: distance(name, word) }))
    .toSorted((one, other) => one.far - other.far);
  return near !== undefined && near.far <= Math.max(2, word.length / 4) ? ` Did you mean "${near.name}"?` : '';
};

/** What commander found wrong, in Flink's words where Flink has some. */
const usageMessage = ({ code, message }: CommanderError): string => {
  const quoted = /'(.*)'/s.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownCommand':
      return `"${quoted}" is not a valid action.${meant(quoted)}\n\nValid actions are ${flinkVerbs}; \`drey --help\` shows all.`;
    case 'commander.unknownOption':
      return `Unrecognized option: ${quoted}`;
    case 'commander.optionMissingArgument':
      return `Missing argument for option: ${quoted}`;
    default:
      return message.replace(/^error: /, '');
  }
};
