import { inspect, styleText } from 'node:util';

import { CommanderError } from 'commander';

import { Failure, Interrupted, interruptedExitCode } from '#cli/api/failure.ts';
import { dreyOptionRows } from '#cli/options/drey-options.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { findNearest } from '#cli/options/values.ts';
import { escapeUnsafe, indentLines, toSafeText } from '#cli/output/safe-text.ts';
import type { ProcessIo } from '#cli/output/streams.ts';

import type { Action } from './command.ts';
import type { Program } from './program.ts';

const useHelp = 'Use the help option (-h or --help) to get help on the command.';

const isInterrupt = (error: unknown, io: ProcessIo) => io.signal.aborted || error instanceof Interrupted;

/** Prints the failure as one line of JSON. Returns the exit code. */
export const reportAsJson = (error: unknown, program: Program, io: ProcessIo): number => {
  if (isInterrupt(error, io)) return interruptedExitCode;
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  io.stderr.write(`${escapeUnsafe(JSON.stringify({ error: toErrorObject(error, program) }))}\n`);
  return 1;
};

const toErrorObject = (error: unknown, program: Program) => {
  if (error instanceof CommanderError) return { message: usageMessage(error, program) };
  if (error instanceof UsageError) return { message: error.message };
  const { message, code, errors, lines, hint } = error instanceof Failure ? error : toUnexpectedFailure(error);
  return {
    message,
    code,
    ...(errors.length === 0 ? {} : { errors }),
    ...(errors.length > 0 || lines.length === 0 ? {} : { details: lines }),
    hint,
  };
};

/** Prints the failure for people. Returns the exit code. */
export const reportToPerson = (
  error: unknown,
  words: readonly string[],
  { program, io }: { readonly program: Program; readonly io: ProcessIo },
): number => {
  if (isInterrupt(error, io)) return interruptedExitCode;
  if (error instanceof CommanderError) return reportUsage(error, program, io);
  if (error instanceof UsageError) {
    io.stdout.write(`${toSafeText(error.message)}\n\n${useHelp}\n`);
    return 1;
  }
  const failure = error instanceof Failure ? error : toUnexpectedFailure(error);
  const red = styleText('red', indentLines(toSafeText(failure.message), 2), { stream: io.stderr });
  const others = [
    ...failure.lines.map((line) => `  ${indentLines(line, 4)}`),
    ...(failure.hint === undefined ? [] : [failure.hint]),
    ...(words.includes('--verbose') ? [inspect(failure.cause ?? error)] : []),
  ];
  io.stderr.write(`${[red, ...others.map(toSafeText)].join('\n')}\n`);
  return 1;
};

const toUnexpectedFailure = (error: unknown) =>
  new Failure(`An unexpected error occurred: ${error instanceof Error ? error.message : String(error)}`, {
    hint: 'Run the command with --verbose to see the cause.',
    cause: error,
  });

const reportUsage = (error: CommanderError, program: Program, io: ProcessIo): number => {
  if (error.exitCode === 0) return 0;
  io.stdout.write(`${toSafeText(usageMessage(error, program))}\n\n${useHelp}\n`);
  return 1;
};

/** The action with the nearest name, unless all names are far from the word. */
const suggestAction = (word: string, actions: readonly Action[]): string => {
  const near = findNearest(
    word,
    actions.map(({ name }) => name),
  );
  return near === undefined ? '' : ` Did you mean "${near}"?`;
};

/** The option of Drey that is set with `-D`, or the nearest options of the action, which commander names. */
const suggestOption = (word: string, message: string): string => {
  const name = `drey.${word.replace(/^-+/, '')}`;
  if (dreyOptionRows.some(([option]) => option === name)) return `. Did you mean -D${name}?`;
  const suggestion = /\((Did you mean .*)\)$/.exec(message)?.[1];
  return suggestion === undefined ? '' : `. ${suggestion}`;
};

/** An error of commander, in Flink's words where Flink has a sentence for it. */
const usageMessage = ({ code, message }: CommanderError, { name, actions, listedActions }: Program): string => {
  const quoted = /'(.*)'/s.exec(message)?.[1] ?? '';
  switch (code) {
    case 'commander.unknownCommand':
      return `"${quoted}" is not a valid action.${suggestAction(quoted, actions)}\n\nValid actions are ${listedActions.map((one) => `"${one}"`).join(', ')}. \`${name} --help\` shows all actions.`;
    case 'commander.unknownOption':
      return `Unrecognized option: ${quoted}${suggestOption(quoted, message)}`;
    case 'commander.optionMissingArgument':
      return `Missing argument for option: ${quoted}`;
    default:
      return message.replace(/^error: /, '');
  }
};
