import { Command } from 'commander';

import { addCommonOptions, type CommonOptions, isForPrograms } from '#cli/options/common.ts';
import type { Io } from '#cli/output/streams.ts';

import { addActions } from './command.ts';
import type { Program } from './program.ts';
import { tell, tellProgram } from './report-failure.ts';

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
