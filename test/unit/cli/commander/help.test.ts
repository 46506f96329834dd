import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { actions } from '#cli/commander/actions.ts';
import type { Action } from '#cli/commander/command.ts';
import { dreyOptionRows } from '#cli/options/drey-options.ts';
import { actions as shellActions } from '#cli/shell/shell-actions.ts';
import { drey, packageFolder } from '#test/unit/cli/drey.ts';

const maxLength = 60;

const io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
  packageFolder,
  signal: new AbortController().signal,
};

const flatten = async (action: Action, parent = 'drey'): Promise<readonly (readonly [string, Action])[]> => {
  const name = `${parent} ${action.name}`;
  const { commands = [] } = await action.load();
  return [[name, action], ...(await Promise.all(commands.map((one) => flatten(one, name)))).flat()];
};
const all = (await Promise.all(actions.map((action) => flatten(action)))).flat();

describe('help texts', () => {
  it.each([...all, ...shellActions.map((action) => [`shell ${action.name}`, action] as const)])(
    '%s has a short summary',
    (_name, { summary }) => {
      expect(summary.length).toBeLessThanOrEqual(maxLength);
    },
  );

  it.each(all)('%s has short descriptions of its options', async (_name, { load }) => {
    const definition = await load();
    const command = new Command();
    await definition.addTo(command, [], io);

    const long = command.options.filter(({ description }) => description.length > maxLength);

    expect(long.map(({ description }) => description)).toEqual([]);
  });

  it.each(dreyOptionRows)('%s has a short description', (_name, { description }) => {
    expect(description.length).toBeLessThanOrEqual(maxLength);
  });

  it.each(all)('%s --help shows its summary', async (name, { summary }) => {
    const [, ...words] = name.split(' ');

    expect((await drey([...words, '--help'], { api: undefined })).stdout.replaceAll(/\s+/g, ' ')).toContain(summary);
  });
});
