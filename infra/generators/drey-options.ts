/** Writes the table of `-Ddrey.…` options into docs/cli.md. A test compares the page with the code. */
import { readFileSync, writeFileSync } from 'node:fs';

import { dreyOptionRows, formatType } from '#cli/options/drey-options.ts';

const page = 'docs/cli.md';
const start = '<!-- The table of options is generated: npm run generate -->\n';
const end = '<!-- End of the table of options -->\n';

const row = ([name, option]: (typeof dreyOptionRows)[number]): string => {
  const { type, description, example, actions, requires } = option;
  const needs = requires === undefined ? '' : `; requires \`${requires}\``;
  const used = actions.length === 0 ? 'all' : actions.map((action) => `\`${action}\``).join(', ');
  return `| \`-D${name}\` | ${formatType(type).replaceAll('|', ', ')} | ${description}${needs} | \`${example}\` | ${used} |`;
};

const table = (): string =>
  `| option | value | what it sets | example | actions |\n| --- | --- | --- | --- | --- |\n${dreyOptionRows.map(row).join('\n')}\n`;

/** The page with the current table between its two marks. */
export const insertOptions = (text: string): string => {
  const [from, to] = [text.indexOf(start), text.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`${page} has no marks around the table of options.`);
  return `${text.slice(0, from + start.length)}\n${table()}\n${text.slice(to)}`;
};

if (import.meta.main) writeFileSync(page, insertOptions(readFileSync(page, 'utf8')));
