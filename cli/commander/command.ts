import { type Command, Option } from 'commander';

import { type Context, createContext } from '#cli/context.ts';
import { findOperandIndex, normalizeDashes } from '#cli/options/command-line.ts';
import { addCommonOptions, collect, type CommonOptions } from '#cli/options/common.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { ProcessIo } from '#cli/output/streams.ts';

import { formatDreyOptions, formatExamples, formatTerm, helpDescription } from './help.ts';

/** An action in the help of the command around it. */
interface Heading {
  readonly name: string;
  /** The operands, in the notation of commander. */
  readonly operands?: string;
  readonly summary: string;
}

/** An action of the command line. Only the command that the words name is loaded. */
export interface Action extends Heading {
  /** The exit code after a failure, where 1 is a result. Default: 1. */
  readonly failureCode?: number;
  readonly load: () => Promise<Definition>;
}

/** Whether the words are `drey help`. The shell of a session has an action of this name instead. */
export const isHelpAction = (words: readonly string[], actions: readonly Action[]): boolean =>
  words[0] === 'help' && !actions.some(({ name }) => name === 'help');

/** What the first operand names. Completion lists these. */
export type OperandKind = 'cluster' | 'job';

/** One command of `drey`. `O` is the type of its own options. */
interface CliCommand<O> {
  /** Its own options: flags → description. */
  readonly options?: Readonly<Record<string, string>>;
  /** Options that may be repeated; their value is a list. */
  readonly repeatable?: Readonly<Record<string, string>>;
  /** Whether the words after the first operand are arguments of a program. */
  readonly stopsAtOperand?: true;
  /** Whether unknown words only cause a warning, as in Flink's `kubernetes-session.sh`. */
  readonly ignoresUnknown?: true;
  readonly operandIs?: OperandKind;
  /** A command line → what it does. */
  readonly examples: Readonly<Record<string, string>>;
  readonly run: (context: Context, operands: readonly string[], options: O) => Promise<void>;
}

/** A command or a group. The type of its options is hidden inside. */
export interface Definition {
  /** The actions of a group. */
  readonly commands?: readonly Action[];
  readonly operandIs?: OperandKind;
  /** Adds options and behavior to the command of commander. Returns the words after it in the form that commander parses. */
  readonly addTo: (command: Command, words: readonly string[], io: ProcessIo) => Promise<readonly string[]>;
}

export const defineCommand = <O = unknown>(definition: CliCommand<O>): Definition => ({
  ...(definition.operandIs === undefined ? {} : { operandIs: definition.operandIs }),
  addTo: async (command, words, io) => {
    addCommand(definition, command, io);
    return normalizeDashes(words, command, definition.stopsAtOperand === true);
  },
});

/** A command of a group. It is loaded with the group. */
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

/** A word before other commands: `drey render run`. */
export const defineGroup = ({ commands }: { readonly commands: readonly Action[] }): Definition => ({
  commands,
  addTo: (group, words, io) => addGroup(commands, { group, words, io }),
});

interface CommandLine {
  readonly words: readonly string[];
  readonly io: ProcessIo;
}

/**
 * Adds the action that the words name to the parent, and the headings of the others if the help lists them.
 *
 * @returns The words in the form that commander parses.
 */
export const addActions = async (
  actions: readonly Action[],
  parent: Command,
  { words, io }: CommandLine,
): Promise<readonly string[]> => {
  parent.configureHelp({ subcommandTerm: formatTerm });
  const index = findOperandIndex(words, parent);
  const named = actions.find(({ name }) => name === words[index]);
  const asksForAll = named === undefined || words.slice(0, index).some(isHelpOption);
  let normalized = named === undefined ? withoutHelp(words, index) : words;
  for (const action of asksForAll ? actions : [named]) {
    const { name, operands = '', summary, load } = action;
    const command = parent.command(`${name} ${operands}`.trim()).summary(summary).description(summary);
    if (action !== named) continue;
    normalized = [...words.slice(0, index + 1), ...(await (await load()).addTo(command, words.slice(index + 1), io))];
  }
  return normalized;
};

const isHelpOption = (word: string): boolean => word === '--help' || word === '-h';

/** Without this, commander prints the help of the parent and succeeds when `--help` follows an unknown action. */
const withoutHelp = (words: readonly string[], index: number): readonly string[] =>
  index === -1 ? words : words.filter((word, at) => at < index || !isHelpOption(word));

const addGroup = async (
  commands: readonly Action[],
  { group, ...line }: CommandLine & { readonly group: Command },
): Promise<readonly string[]> => {
  // An unknown action may have arguments.
  group.argument('[action]').allowExcessArguments();
  addCommonOptions(group)
    .usage('<action> [options] [arguments]')
    .enablePositionalOptions()
    .helpOption('-h, --help', helpDescription)
    .helpCommand(false)
    .addHelpText('after', `\n\`drey ${group.name()} <action> --help\` shows the options and examples of an action.`);
  group.action((action?: string) => {
    const names = commands.map(({ name }) => `"${name}"`).join(', ');
    throw new UsageError(
      `${action === undefined ? 'Please specify an action.' : `"${action}" is not a valid action.`}\n\nValid actions are ${names}.`,
    );
  });
  return addActions(commands, group, line);
};

const addCommand = <O>(definition: CliCommand<O>, command: Command, io: ProcessIo): void => {
  const { options = {}, repeatable = {}, stopsAtOperand, ignoresUnknown = false, examples, run } = definition;
  const takesFile = Object.keys(options).some((flags) => flags.startsWith('-f, --file '));
  for (const [flags, description] of Object.entries(options)) command.option(flags, description);
  for (const [flags, description] of Object.entries(repeatable)) command.option(flags, description, collect);
  addCommonOptions(command)
    // Flink accepts -v on every command and ignores it.
    .addOption(new Option('-v').hideHelp())
    .passThroughOptions(stopsAtOperand ?? false)
    .allowUnknownOption(ignoresUnknown)
    .allowExcessArguments(ignoresUnknown || takesFile)
    .helpOption('-h, --help', helpDescription)
    .addHelpText(
      'after',
      [formatDreyOptions(actionPath(command)), formatExamples(examples)].filter(Boolean).join('\n'),
    );
  command.action(async () => {
    if (takesFile) assertNoOperand(command);
    const levels = withParents(command).map((level) => level.opts<CommonOptions & O>());
    const given: CommonOptions & O = Object.assign({}, ...levels);
    const context = createContext({ ...given, D: levels.flatMap(({ D }) => D ?? []) }, io);
    if (ignoresUnknown)
      command.args.forEach((word) => context.printNotice(`WARN Unrecognized option: ${word}. It is ignored.`));
    await run(context, command.args, given);
  });
};

/** A file that is an option is often typed as an operand. @throws UsageError with the option. */
const assertNoOperand = (command: Command): void => {
  const [word] = command.args;
  const path = actionPath(command);
  if (word !== undefined)
    throw new UsageError(`drey ${path} has no operands. Name the file with -f: drey ${path} -f ${word}`);
};

/** The command after its parents: options may precede each of them. */
const withParents = (command: Command): readonly Command[] =>
  command.parent === null ? [command] : [...withParents(command.parent), command];

/** The words of the action: `run`, or `render run`. */
const actionPath = (command: Command): string =>
  withParents(command)
    .slice(1)
    .map((one) => one.name())
    .join(' ');
