import { type Command, Option } from 'commander';

import { type Context, contextOf } from '#cli/context.ts';
import { operandAt, withTwoDashes } from '#cli/options/command-line.ts';
import { addCommonOptions, collect, type CommonOptions } from '#cli/options/common.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { Io } from '#cli/output/streams.ts';

/** What the help around an action says of it. */
interface Heading {
  readonly name: string;
  /** The operands, in commander's notation. */
  readonly operands?: string;
  readonly summary: string;
}

/** A word of the command line, and where the command behind it is: only the one that is meant is loaded. */
export interface Action extends Heading {
  readonly load: () => Promise<Definition>;
}

/** What an operand names, for those who complete it. */
export type Named = 'cluster' | 'job';

/** One command of `drey`. `O` is what its own options come to. */
interface CliCommand<O> {
  /** Its own options: flags → description. */
  readonly options?: Readonly<Record<string, string>>;
  /** Those that may be given several times, and hold a list. */
  readonly repeatable?: Readonly<Record<string, string>>;
  /** What comes behind the first operand is not for us. */
  readonly stopsAtOperand?: true;
  /** Words that it does not know are ignored, with a warning: `kubernetes-session.sh` ignores them too. */
  readonly ignoresUnknown?: true;
  readonly operandIs?: Named;
  /** What to type → what that does. */
  readonly examples: Readonly<Record<string, string>>;
  readonly run: (context: Context, operands: readonly string[], options: O) => Promise<void>;
}

/** A command whose options have been given their type; from here on only itself knows it. */
export interface Definition {
  /** The actions of a group. */
  readonly commands?: readonly Action[];
  readonly operandIs?: Named;
  /** Makes it of commander's command, and the words behind it what commander takes. */
  readonly addTo: (command: Command, words: readonly string[], io: Io) => Promise<readonly string[]>;
}

export const defineCommand = <O = unknown>(definition: CliCommand<O>): Definition => ({
  ...(definition.operandIs === undefined ? {} : { operandIs: definition.operandIs }),
  addTo: async (command, words, io) => {
    addCommand(definition, command, io);
    return withTwoDashes(words, command, definition.stopsAtOperand === true);
  },
});

/** A command of a group, which is loaded with it. */
export const defineAction = <O = unknown>({
  name,
  operands = '',
  summary,
  ...definition
}: Heading & CliCommand<O>): Action => ({
  name,
  operands,
  summary,
  load: async () => defineCommand(definition),
});

/** A word in front of other commands: `drey render run`. */
export const defineGroup = ({ commands }: { readonly commands: readonly Action[] }): Definition => ({
  commands,
  addTo: (group, words, io) => addGroup(commands, { group, words, io }),
});

interface Around {
  readonly words: readonly string[];
  readonly io: Io;
}

/** Adds the actions: the named one with its options, the others with what the help shows. Returns the words for commander. */
export const addActions = async (
  actions: readonly Action[],
  parent: Command,
  { words, io }: Around,
): Promise<readonly string[]> => {
  parent.configureHelp({ subcommandTerm: termOf });
  const at = operandAt(words, parent);
  let taken = actions.some(({ name }) => name === words[at]) ? words : withoutHelp(words, at);
  for (const { name, operands = '', summary, load } of actions) {
    const command = parent.command(`${name} ${operands}`.trim()).summary(summary).description(summary);
    if (name !== words[at]) continue;
    taken = [...words.slice(0, at + 1), ...(await (await load()).addTo(command, words.slice(at + 1), io))];
  }
  return taken;
};

/** Commander would show the help of the parent, and succeed, where `--help` follows an unknown action. */
const withoutHelp = (words: readonly string[], at: number): readonly string[] =>
  at === -1 ? words : words.filter((word, index) => index < at || (word !== '--help' && word !== '-h'));

/** As commander's own, which counts the options of a command; those of most are not loaded. */
const termOf = (command: Command) =>
  [
    command.name(),
    '[options]',
    ...command.registeredArguments.map((argument) =>
      argument.variadic ? `[${argument.name()}...]` : `[${argument.name()}]`,
    ),
  ].join(' ');

const addGroup = async (
  commands: readonly Action[],
  { group, ...around }: Around & { readonly group: Command },
): Promise<readonly string[]> => {
  group.argument('[action]');
  addCommonOptions(group)
    .usage('<action> [options] [arguments]')
    .enablePositionalOptions()
    .helpOption('-h, --help', 'show this, or the help of an action')
    .helpCommand(false)
    .addHelpText('after', `\n\`drey ${group.name()} <action> --help\` shows its options and examples.`);
  group.action((action?: string) => {
    const names = commands.map(({ name }) => `"${name}"`).join(', ');
    throw new UsageError(
      `${action === undefined ? 'Please specify an action.' : `"${action}" is not a valid action.`}\n\nValid actions are ${names}.`,
    );
  });
  return addActions(commands, group, around);
};

const addCommand = <O>(definition: CliCommand<O>, command: Command, io: Io): void => {
  const { options = {}, repeatable = {}, stopsAtOperand, ignoresUnknown = false, examples, run } = definition;
  for (const [flags, description] of Object.entries(options)) command.option(flags, description);
  for (const [flags, description] of Object.entries(repeatable)) command.option(flags, description, collect);
  addCommonOptions(command)
    // Flink takes it, and says nothing more for it.
    .addOption(new Option('-v').hideHelp())
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
};

/** The command with what is around it: options may stand in front of each. */
const fromOutside = (command: Command): readonly Command[] =>
  command.parent === null ? [command] : [...fromOutside(command.parent), command];

const examplesText = (examples: Readonly<Record<string, string>>): string =>
  ['\nExamples:', ...Object.entries(examples).flatMap(([line, what]) => [`  # ${what}`, `  ${line}`])].join('\n');
