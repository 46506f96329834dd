import { Command } from 'commander';

import { ExitCode } from '#cli/api/failure.ts';
import { findOperandIndex } from '#cli/options/command-line.ts';
import { addCommonOptions, type CommonOptions, isMachineReadable } from '#cli/options/common.ts';
import type { ProcessIo } from '#cli/output/streams.ts';

import { addActions, isHelpAction } from './command.ts';
import { helpDescription } from './help.ts';
import type { Program } from './program.ts';

/** Runs one command line and reports its failure. Returns the exit code. */
export const runLine = async (line: readonly string[], io: ProcessIo, program: Program): Promise<number> => {
  const words = expandHelp(line, program);
  const command = createCommand(program, io);
  try {
    const normalized = await addActions(program.actions, command, { words, io });
    if (words.length === 0) {
      io.stdout.write(`${command.helpInformation()}\nPlease specify an action.\n`);
      return 1;
    }
    await command.parseAsync([...normalized], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ExitCode) return error.exitCode;
    const { reportAsJson, reportToPerson } = await import('./report-failure.ts');
    const code = isMachineReadable(findOutputOption(command))
      ? reportAsJson(error, program, io)
      : reportToPerson(error, words, { program, io });
    return code === 1 ? findFailureCode(words, command, program) : code;
  }
};

/** The exit code after a failure. */
const findFailureCode = (words: readonly string[], command: Command, { actions }: Program): number =>
  actions.find(({ name }) => name === words[findOperandIndex(words, command)])?.failureCode ?? 1;

/** `drey help queue list` is `drey queue list --help`. */
const expandHelp = (words: readonly string[], { actions }: Program): readonly string[] =>
  isHelpAction(words, actions) ? [...words.slice(1), '--help'] : words;

const createCommand = ({ name, prepare, options = {} }: Program, io: ProcessIo): Command => {
  const command = new Command(name)
    .enablePositionalOptions()
    .helpOption('-h, --help', helpDescription)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), outputError: () => {} });
  prepare?.(command);
  addCommonOptions(command);
  for (const [option, value] of Object.entries(options)) command.setOptionValue(option, value);
  return command;
};

/** The value of --output, also when commander has parsed only a part of the words. */
const findOutputOption = (command: Command): string | undefined =>
  command.commands.map(findOutputOption).find((output) => output !== undefined) ?? command.opts<CommonOptions>().output;
