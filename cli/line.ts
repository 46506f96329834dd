import { inspect, styleText } from 'node:util';

import { Command, CommanderError } from 'commander';
import { distance } from 'fastest-levenshtein';

import { type Action, addActions } from './command.ts';
import type { Io } from './context.ts';
import { Failure, Interrupted, UsageError } from './failure.ts';
import { type CommonOptions, addCommonOptions, isForPrograms } from './options.ts';

/** Whose lines are run. */
export interface Program {
  readonly name: string;
  readonly actions: readonly Action[];
  /** Actions that are named to whoever asks for one that there is not. */
  readonly known: readonly string[];
  /** What else is to be said and taken, before the actions are added. */
  readonly prepare?: (command: Command) => void;
  /** Options as if they stood in front of the words. */
  readonly given?: CommonOptions;
}

const useHelp = 'Use the help option (-h or --help) to get help on the command.';
/** The exit code behind Ctrl-C. */
export const interrupted = 130;

/** Runs one line of words and tells how it went. Returns the exit code. */
export const runLine = async (words: readonly string[], io: Io, program: Program): Promise<number> => {
  const command = commanderOf(program, io);
  try {
    const taken = await addActions(program.actions, command, { words, io });
    if (words.length === 0) {
      io.stdout.write(`${command.helpInformation()}\nPlease specify an action.\n`);
      return 1;
    }
    await command.parseAsync([...taken], { from: 'user' });
    return 0;
  } catch (error) {
    return isForPrograms(outputOf(command)) ? tellProgram(error, program, io) : tell(error, words, { program, io });
  }
};

const commanderOf = ({ name, prepare, given = {} }: Program, io: Io): Command => {
  const command = new Command(name)
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show this, or the help of an action')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), outputError: () => {} });
  prepare?.(command);
  addCommonOptions(command);
  for (const [option, value] of Object.entries(given)) command.setOptionValue(option, value);
  return command;
};

/** As far as the words were understood. */
const outputOf = (command: Command): string | undefined =>
  command.commands.map(outputOf).find((output) => output !== undefined) ?? command.opts<CommonOptions>().output;

const isInterrupt = (error: unknown, io: Io) => io.signal.aborted || error instanceof Interrupted;

/** Says what went wrong in one line of JSON. Returns the exit code. */
const tellProgram = (error: unknown, program: Program, io: Io): number => {
  if (isInterrupt(error, io)) return interrupted;
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  io.stderr.write(`${JSON.stringify({ error: toldOf(error, program) })}\n`);
  return 1;
};

const toldOf = (error: unknown, program: Program) => {
  if (error instanceof CommanderError) return { message: usageMessage(error, program) };
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
const tell = (
  error: unknown,
  words: readonly string[],
  { program, io }: { readonly program: Program; readonly io: Io },
): number => {
  if (isInterrupt(error, io)) return interrupted;
  if (error instanceof CommanderError) return tellUsage(error, program, io);
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

const tellUsage = (error: CommanderError, program: Program, io: Io): number => {
  if (error.exitCode === 0) return 0;
  io.stdout.write(`${usageMessage(error, program)}\n\n${useHelp}\n`);
  return 1;
};

/** The nearest action, where it is near. */
const meant = (word: string, actions: readonly Action[]): string => {
  const [near] = actions
    .map(({ name }) => ({ name, far: distance(name, word) }))
    .toSorted((one, other) => one.far - other.far);
  return near !== undefined && near.far <= Math.max(2, word.length / 4) ? ` Did you mean "${near.name}"?` : '';
};

/** What commander found wrong, in Flink's words where Flink has some. */
const usageMessage = ({ code, message }: CommanderError, { name, actions, known }: Program): string => {
  const quoted = /'(.*)'/s.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownCommand':
      return `"${quoted}" is not a valid action.${meant(quoted, actions)}\n\nValid actions are ${known.map((one) => `"${one}"`).join(', ')}; \`${name} --help\` shows all.`;
    case 'commander.unknownOption':
      return `Unrecognized option: ${quoted}`;
    case 'commander.optionMissingArgument':
      return `Missing argument for option: ${quoted}`;
    default:
      return message.replace(/^error: /, '');
  }
};
