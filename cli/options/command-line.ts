import type { Command } from 'commander';

import { UsageError } from './usage-error.ts';

/** Flink's short names of several letters, which commander does not know. */
const longNames: Readonly<Record<string, string>> = {
  cm: 'claimMode',
  rm: 'restoreMode',
  sae: 'shutdownOnAttachedExit',
};

/**
 * The words of a command with Flink's one-dash long options (`-claimMode X`, `-target=X`) written with two dashes.
 * What comes behind the jar is the program's own.
 */
export const withTwoDashes = (
  words: readonly string[],
  command: Command,
  stopsAtOperand: boolean,
): readonly string[] => {
  const result: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--' || (stopsAtOperand && !word.startsWith('-'))) return [...result, ...words.slice(index)];
    const rewritten = twoDashes(word, command);
    result.push(rewritten);
    const next = words[index + 1];
    if (next !== undefined && takesNext(rewritten, command)) {
      result.push(next);
      index += 1;
    }
  }
  return result;
};

/** Options of Flink's with one dash that this version does not take: read as short ones they would mean something else. */
const notTaken: ReadonlySet<string> = new Set(['py', 'pym', 'pyfs', 'pyexec', 'pyclientexec', 'pyarch', 'pyreq']);

const twoDashes = (word: string, command: Command): string => {
  const [, name, rest] = /^-([A-Za-z]{2,})(=.*)?$/s.exec(word) ?? [];
  if (name === undefined) return word;
  if (notTaken.has(name)) throw new UsageError(`Unrecognized option: ${word} (this version does not take it)`);
  const long = `--${longNames[name] ?? name}`;
  // Flink has no grouped letters: what it does not know is one unknown option, and not `-t m`.
  return command.options.some((option) => option.long === long) || !name.startsWith('D')
    ? `${long}${rest ?? ''}`
    : word;
};

/** Where the first word stands that is neither an option nor the value of one; -1 when there is none. */
export const operandAt = (words: readonly string[], command: Command): number => {
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-')) return index;
    if (takesNext(word, command)) index += 1;
  }
  return -1;
};

export const takesNext = (word: string, command: Command): boolean =>
  command.options.some((option) => option.required && (option.short === word || option.long === word));
