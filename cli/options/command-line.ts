import type { Command } from 'commander';

import { UsageError } from './usage-error.ts';

/** Flink's short names with several letters, which commander does not support. */
const longNames: Readonly<Record<string, string>> = {
  cm: 'claimMode',
  rm: 'restoreMode',
  sae: 'shutdownOnAttachedExit',
};

/**
 * Rewrites Flink's long options with one dash (`-claimMode X`, `-target=X`) to two dashes.
 * The words after the jar are arguments of the program, and stay.
 */
export const normalizeDashes = (
  words: readonly string[],
  command: Command,
  stopsAtOperand: boolean,
): readonly string[] => {
  const result: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--' || (stopsAtOperand && !word.startsWith('-'))) return [...result, ...words.slice(index)];
    const normalized = normalizeOption(word, command);
    result.push(normalized);
    const next = words[index + 1];
    if (next !== undefined && takesValue(normalized, command)) {
      result.push(next);
      index += 1;
    }
  }
  return result;
};

/** Options of Flink with one dash that Drey does not support. As short options they would get another meaning. */
const unsupportedOptions: ReadonlySet<string> = new Set([
  'py',
  'pym',
  'pyfs',
  'pyexec',
  'pyclientexec',
  'pyarch',
  'pyreq',
]);

const normalizeOption = (word: string, command: Command): string => {
  const [, name, rest] = /^-([A-Za-z]{2,})(=.*)?$/s.exec(word) ?? [];
  if (name === undefined) return word;
  if (unsupportedOptions.has(name)) throw new UsageError(`Unrecognized option: ${word} (not supported by Drey)`);
  const long = `--${longNames[name] ?? name}`;
  // Flink has no grouped short options: an unknown `-tm` is one unknown option, not `-t m`.
  return command.options.some((option) => option.long === long) || !name.startsWith('D')
    ? `${long}${rest ?? ''}`
    : word;
};

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
