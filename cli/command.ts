import type { Command } from 'commander';

import { type Context, type Io, contextOf } from './context.ts';
import { type CommonOptions, addCommonOptions } from './options.ts';

/** One command of `drey`. `O` is what its own options come to. */
export interface CliCommand<O> {
  readonly name: string;
  /** The operands, in commander's notation. */
  readonly operands?: string;
  readonly summary: string;
  /** Its own options: flags → description. */
  readonly options?: Readonly<Record<string, string>>;
  /** What comes behind the first operand is not for us. */
  readonly stopsAtOperand?: true;
  /** What to type → what that does. */
  readonly examples: Readonly<Record<string, string>>;
  readonly run: (context: Context, operands: readonly string[], options: O) => Promise<void>;
}

/** A command whose options have been given their type; from here on only itself knows it. */
export type AnyCommand = Omit<CliCommand<never>, 'run'> & { readonly addTo: (program: Command, io: Io) => Command };

export const defineCommand = <O = unknown>(definition: CliCommand<O>): AnyCommand => ({
  ...definition,
  addTo: (program, io) => addCommand(definition, program, io),
});

const addCommand = <O>(definition: CliCommand<O>, program: Command, io: Io): Command => {
  const { name, operands = '', summary, options = {}, stopsAtOperand, examples, run } = definition;
  const command = program.command(`${name} ${operands}`.trim()).summary(summary).description(summary);
  for (const [flags, description] of Object.entries(options)) command.option(flags, description);
  addCommonOptions(command)
    .passThroughOptions(stopsAtOperand ?? false)
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', examplesText(examples));
  command.action(async () => {
    const given = { ...program.opts<CommonOptions>(), ...command.opts<CommonOptions & O>() };
    await run(
      contextOf(
        { ...given, D: [...(program.opts<CommonOptions>().D ?? []), ...(command.opts<CommonOptions>().D ?? [])] },
        io,
      ),
      command.args,
      given,
    );
  });
  return command;
};

const examplesText = (examples: Readonly<Record<string, string>>): string =>
  ['\nExamples:', ...Object.entries(examples).flatMap(([line, what]) => [`  # ${what}`, `  ${line}`])].join('\n');
