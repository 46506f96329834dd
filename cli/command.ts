import type { Command } from 'commander';

import { type Context, type Io, contextOf } from './context.ts';
import { UsageError } from './failure.ts';
import { type CommonOptions, addCommonOptions, collect } from './options.ts';

/** One command of `drey`. `O` is what its own options come to. */
export interface CliCommand<O> {
  readonly name: string;
  /** The operands, in commander's notation. */
  readonly operands?: string;
  readonly summary: string;
  /** Its own options: flags → description. */
  readonly options?: Readonly<Record<string, string>>;
  /** Those that may be given several times, and hold a list. */
  readonly repeatable?: Readonly<Record<string, string>>;
  /** What comes behind the first operand is not for us. */
  readonly stopsAtOperand?: true;
  /** Words that it does not know are ignored, with a warning: `kubernetes-session.sh` ignores them too. */
  readonly ignoresUnknown?: true;
  /** What to type → what that does. */
  readonly examples: Readonly<Record<string, string>>;
  readonly run: (context: Context, operands: readonly string[], options: O) => Promise<void>;
}

/** A command whose options have been given their type; from here on only itself knows it. */
export interface AnyCommand {
  readonly name: string;
  readonly stopsAtOperand?: true;
  /** The actions of a group. */
  readonly commands?: readonly AnyCommand[];
  readonly addTo: (program: Command, io: Io) => Command;
}

export const defineCommand = <O = unknown>(definition: CliCommand<O>): AnyCommand => ({
  ...definition,
  addTo: (program, io) => addCommand(definition, program, io),
});

interface CliGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly AnyCommand[];
}

/** A word in front of other commands: `drey render run`. */
export const defineGroup = (definition: CliGroup): AnyCommand => ({
  ...definition,
  addTo: (program, io) => addGroup(definition, program, io),
});

const addGroup = ({ name, summary, commands }: CliGroup, program: Command, io: Io): Command => {
  const group = program.command(`${name} [action]`).summary(summary).description(summary);
  addCommonOptions(group)
    .usage('<action> [options] [arguments]')
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show this, or the help of an action')
    .helpCommand(false)
    .addHelpText('after', `\n\`drey ${name} <action> --help\` shows its options and examples.`);
  for (const command of commands) command.addTo(group, io);
  group.action((action?: string) => {
    const names = commands.map(({ name }) => `"${name}"`).join(', ');
    throw new UsageError(
      `${action === undefined ? 'Please specify an action.' : `"${action}" is not a valid action.`}\n\nValid actions are ${names}.`,
    );
  });
  return group;
};

const addCommand = <O>(definition: CliCommand<O>, program: Command, io: Io): Command => {
  const {
    name,
    operands = '',
    summary,
    options = {},
    repeatable = {},
    stopsAtOperand,
    ignoresUnknown = false,
    examples,
    run,
  } = definition;
  const command = program.command(`${name} ${operands}`.trim()).summary(summary).description(summary);
  for (const [flags, description] of Object.entries(options)) command.option(flags, description);
  for (const [flags, description] of Object.entries(repeatable)) command.option(flags, description, collect);
  addCommonOptions(command)
    .passThroughOptions(stopsAtOperand ?? false)
    .allowUnknownOption(ignoresUnknown)
    .allowExcessArguments(ignoresUnknown)
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', examplesText(examples));
  command.action(async () => {
    const levels = fromOutside(command).map((level) => level.opts<CommonOptions & O>());
    const given: CommonOptions & O = Object.assign({}, ...levels);
    const context = contextOf({ ...given, D: levels.flatMap(({ D }) => D ?? []) }, io);
    if (ignoresUnknown)
      command.args.forEach((word) => context.note(`WARN Unrecognized option: ${word}; it is ignored.`));
    await run(context, command.args, given);
  });
  return command;
};

/** The command with what is around it: options may stand in front of each. */
const fromOutside = (command: Command): readonly Command[] =>
  command.parent === null ? [command] : [...fromOutside(command.parent), command];

const examplesText = (examples: Readonly<Record<string, string>>): string =>
  ['\nExamples:', ...Object.entries(examples).flatMap(([line, what]) => [`  # ${what}`, `  ${line}`])].join('\n');
