import type { Command } from 'commander';

import { pythonShortNames } from './python.ts';

/** Flink's short names with several letters, which commander does not support. */
const longNames: Readonly<Record<string, string>> = {
  cm: 'claimMode',
  rm: 'restoreMode',
  sae: 'shutdownOnAttachedExit',
  ...pythonShortNames,
};

/**
 * Rewrites Flink's long options with one dash (`-claimMode X`, `-target=X`) to two dashes.
 * The words after the jar are arguments of the program, and stay. So do the words after the options of a Python program.
 */
export const normalizeDashes = (
  words: readonly string[],
  command: Command,
  stopsAtOperand: boolean,
): readonly string[] => {
  const result: string[] = [];
  let isPython = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--' || (stopsAtOperand && !word.startsWith('-'))) return [...result, ...words.slice(index)];
    const normalized = normalizeOption(word, command);
    // A Python program has no operand before its arguments: the first word that is not an option of Flink is one.
    if (isPython && !isOption(normalized, command)) return [...result, '--', ...words.slice(index)];
    isPython ||= /^--(python|pyModule)(=|$)/.test(normalized);
    result.push(normalized);
    const next = words[index + 1];
    if (next !== undefined && takesValue(normalized, command)) {
      result.push(next);
      index += 1;
    }
  }
  return result;
};

/** The option with the name that commander knows. */
export const normalizeOption = (word: string, command: Command): string => {
  const [, name, rest] = /^-([A-Za-z]{2,})(=.*)?$/s.exec(word) ?? [];
  if (name === undefined) return word;
  const long = `--${longNames[name] ?? name}`;
  // Flink has no grouped short options: an unknown `-tm` is one unknown option, not `-t m`.
  return command.options.some((option) => option.long === long) || !name.startsWith('D')
    ? `${long}${rest ?? ''}`
    : word;
};

/** Flink's short names of the options of the command. */
export const listFlinkShortNames = (command: Command): readonly string[] =>
  Object.entries(longNames).flatMap(([short, long]) =>
    command.options.some((option) => option.long === `--${long}`) ? [`-${short}`] : [],
  );

/** Whether the word is an option of the command, also with its value attached. */
const isOption = (word: string, command: Command): boolean =>
  command.options.some(({ long, short }) =>
    word.startsWith('--')
      ? long === word.split('=', 1)[0]
      : short !== undefined && short !== null && word.startsWith(short),
  );

/** The index of the first word that is neither an option nor the value of one; -1 when there is none. */
export const findOperandIndex = (words: readonly string[], command: Command): number => {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) return index;
    if (takesValue(word, command)) index += 1;
  }
  return -1;
};

export const takesValue = (word: string, command: Command): boolean =>
  command.options.some((option) => option.required && (option.short === word || option.long === word));
