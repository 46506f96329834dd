import { CommanderError } from 'commander';
import { distance } from 'fastest-levenshtein';
import { inspect, styleText } from 'node:util';

import { Failure, Interrupted } from '#cli/api/failure.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { Io } from '#cli/output/streams.ts';

import type { Action } from './command.ts';
import type { Program } from './program.ts';

const useHelp = 'Use the help option (-h or --help) to get help on the command.';

/** The exit code behind Ctrl-C. */
export const interrupted = 130;

const isInterrupt = (error: unknown, io: Io) => io.signal.aborted || error instanceof Interrupted;

/** Says what went wrong in one line of JSON. Returns the exit code. */
export const tellProgram = (error: unknown, program: Program, io: Io): number => {
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
export const tell = (
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
