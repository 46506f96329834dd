import { Command } from 'commander';

import { type Context, createContext } from '#cli/context.ts';
import { findOperandIndex, listFlinkShortNames, normalizeOption, takesValue } from '#cli/options/command-line.ts';
import { addCommonOptions, type CommonOptions } from '#cli/options/common.ts';
import { hasUnsafe } from '#cli/output/safe-text.ts';
import type { ProcessIo } from '#cli/output/streams.ts';

import { type Action, isHelpAction, type OperandKind } from './command.ts';
import { completeValue, listNames } from './completion-values.ts';

interface Settings {
  readonly actions: readonly Action[];
  readonly io: ProcessIo;
  /** Common options that apply to the line. */
  readonly options?: CommonOptions;
}

/** How long the shell waits for completions after Tab. */
const timeoutMs = 2_000;

/**
 * The completions of the last word, which may be empty.
 *
 * @throws Failure when the API does not answer.
 */
export const completeWords = async (words: readonly string[], settings: Settings): Promise<readonly string[]> => {
  const prefix = words.at(-1) ?? '';
  const isHelp = words.length > 1 && isHelpAction(words, settings.actions);
  const found = isHelp ? await findHelpTopics(words.slice(1, -1), settings) : await findCompletions(words, settings);
  return [...new Set(found)].filter((one) => one.startsWith(prefix) && !hasUnsafe(one));
};

/** `drey help` takes actions, and neither options nor operands. */
const findHelpTopics = async (words: readonly string[], settings: Settings): Promise<readonly string[]> =>
  (await findCommand(words, settings)).actions?.map(({ name }) => name) ?? [];

const findCompletions = async (words: readonly string[], settings: Settings): Promise<readonly string[]> => {
  const before = words.slice(0, -1);
  const prefix = words.at(-1) ?? '';
  const { command, actions, operandIs, words: own } = await findCommand(before, settings);
  const option = normalizeOption(own.at(-1) ?? '', command);
  if (option.startsWith('-') && takesValue(option, command))
    return completeValue({ action: command.name(), option, prefix }, () =>
      createCompletionContext(before.slice(0, -1), settings),
    );
  if (prefix.startsWith('-D'))
    return (
      await completeValue({ action: command.name(), option: '-D', prefix: prefix.slice('-D'.length) }, () =>
        createCompletionContext(before, settings),
      )
    ).map((one) => `-D${one}`);
  if (prefix.startsWith('-'))
    return [
      ...command.options.flatMap(({ long, short, hidden }) => (hidden ? [] : [long ?? '', short ?? ''])),
      ...listFlinkShortNames(command),
    ].filter(Boolean);
  if (actions !== undefined) return actions.map(({ name }) => name);
  return operandIs === undefined || own.some((word) => !word.startsWith('-'))
    ? []
    : listNames(operandIs, createCompletionContext(before, settings));
};

interface Found {
  readonly command: Command;
  /** Set when the next word is an action. */
  readonly actions?: readonly Action[];
  readonly operandIs?: OperandKind | undefined;
  /** The words after the command. */
  readonly words: readonly string[];
}

/** Follows the words from action to action as far as they name one. */
const findCommand = async (words: readonly string[], { actions, io }: Settings): Promise<Found> => {
  const parent = addCommonOptions(new Command());
  const index = findOperandIndex(words, parent);
  const action = actions.find(({ name }) => name === words[index]);
  if (action === undefined) return { command: parent, ...(index === -1 ? { actions } : {}), words };
  const definition = await action.load();
  const rest = words.slice(index + 1);
  if (definition.commands !== undefined) return findCommand(rest, { actions: definition.commands, io });
  const command = new Command(action.name);
  await definition.addTo(command, [], io);
  return { command, operandIs: definition.operandIs, words: rest };
};

/** A context from the options that are already on the line. Unknown ones are ignored. */
const createCompletionContext = (words: readonly string[], { io, options = {} }: Settings): Context => {
  const command = addCommonOptions(new Command())
    .allowUnknownOption()
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  command.parseOptions([...words]);
  const { D = [], ...typed } = command.opts<CommonOptions>();
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(timeoutMs)]);
  return createContext({ ...options, ...typed, D: [...(options.D ?? []), ...D] }, { ...io, signal });
};
