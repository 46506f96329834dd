import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { actions } from '#cli/commander/actions.ts';
import { type Action, addActions } from '#cli/commander/command.ts';
import { addCommonOptions } from '#cli/options/common.ts';
import { dreyOptionRows } from '#cli/options/drey-options.ts';
import { packageFolder } from '#test/unit/cli/drey.ts';
import { useFolder } from '#test/unit/cli/setup.ts';

import { useApi } from './api.ts';
import { fieldsOfApi, findRepetition, validatorWords } from './members.ts';

const run = useApi();
const folder = useFolder();

const texts = ['', 'NaN', '-1', '[]', 'größe\n', 'x'.repeat(300)];
const documents = ['', 'null', '[]', 'text', '{', '{mode: session, image: null}', '- {a: null}'];
const files = documents.map((text, index) => {
  const file = join(folder, `${index}.yaml`);
  writeFileSync(file, text);
  return file;
});

/** The words of each command: `['queue', 'list']`. */
const listCommands = async (list: readonly Action[], parents: readonly string[] = []): Promise<string[][]> => {
  const commands = await Promise.all(
    list.map(async ({ name, load }) => {
      const group = (await load()).commands;
      return group === undefined ? [[...parents, name]] : listCommands(group, [...parents, name]);
    }),
  );
  return commands.flat();
};

const loadCommand = async (words: readonly string[]): Promise<Command> => {
  const root = new Command('drey').enablePositionalOptions();
  const { stdin, stdout, stderr, env } = process;
  const io = { stdin, stdout, stderr, env, packageFolder, signal: new AbortController().signal };
  await addActions(actions, root, { words, io });
  return words.reduce((command, word) => command.commands.find((one) => one.name() === word) ?? command, root);
};

const commonFlags = addCommonOptions(new Command()).options.map(({ flags }) => flags);

/** Command lines with one mistake each. The options of every command are tried with one of them. */
const listLines = async (words: readonly string[]): Promise<readonly (readonly string[])[]> => {
  const { options, registeredArguments } = await loadCommand(words);
  const operands = registeredArguments.map(() => 'etl');
  const flags = options
    .filter(({ flags }) => flags.includes('<') && (words[0] === 'list' || !commonFlags.includes(flags)))
    .map(({ long, short }) => long ?? short ?? '');
  const dreyOptions = dreyOptionRows.filter(([, row]) => row.actions.includes(words.join(' ')));
  return [
    ...flags.flatMap((flag) => texts.map((text) => [...words, ...operands, flag, text])),
    ...dreyOptions.flatMap(([name]) => texts.map((text) => [...words, ...operands, `-D${name}=${text}`])),
    ...operands.flatMap((_, index) => [...texts, ...files].map((text) => [...words, ...operands.with(index, text)])),
  ];
};

const commands = await listCommands(actions);

describe.each(commands.map((words) => [words.join(' '), words] as const))('a mistake in drey %s', (_name, words) => {
  it('is told in words for the caller', { timeout: 60_000 }, async () => {
    const flaws: string[] = [];
    for (const line of await listLines(words)) {
      const { stdout, stderr } = await run(line);
      const text = `${stdout}${stderr}`;
      const [flaw] =
        validatorWords.exec(text) ??
        /unexpected error.*/i.exec(stderr) ??
        (line.some((word) => files.includes(word)) ? undefined : fieldsOfApi.exec(text)) ??
        findRepetition(stderr.split('\n')) ??
        [];
      if (flaw !== undefined) flaws.push(`${line.join(' ').slice(0, 100)}: ${flaw}`);
    }

    expect(flaws).toEqual([]);
  });
});
