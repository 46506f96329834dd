import type { Command } from 'commander';

import { dreyOptionRows, formatType } from '#cli/options/drey-options.ts';

export const helpDescription = 'show this help';

/** A command in the list of commands. Commander's own version counts the options, and most commands are not loaded. */
export const formatTerm = (command: Command) =>
  [
    command.name(),
    '[options]',
    ...command.registeredArguments.map((argument) =>
      argument.variadic ? `[${argument.name()}...]` : `[${argument.name()}]`,
    ),
  ].join(' ');

/** @param examples A command line → what it does. */
export const formatExamples = (examples: Readonly<Record<string, string>>): string =>
  ['\nExamples:', ...Object.entries(examples).flatMap(([line, effect]) => [`  # ${effect}`, `  ${line}`])].join('\n');

/** The `-Ddrey.…` options of an action; empty when it has none. */
export const formatDreyOptions = (action: string): string => {
  const terms = dreyOptionRows.flatMap(([name, { type, actions, description }]) =>
    actions.includes(action) ? [{ term: `-D${name}=<${formatType(type)}>`, description }] : [],
  );
  if (terms.length === 0) return '';
  const lines = terms.flatMap(({ term, description }) => [`  ${term}`, `      ${description}`]);
  return ['\nOptions of Drey:', ...lines].join('\n');
};
