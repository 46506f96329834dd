import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

import { type Replies, startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

import { type Environment, environmentOf, openTerminal, type Terminal } from './tmux.ts';

/** Of the file that imports this: an API for all of its tests, and for each of them a home that is new, and a terminal. */
export let server: Awaited<ReturnType<typeof startLoopbackApi>>;
export let home: string;
export let terminal: Terminal;

beforeAll(async () => {
  server = await startLoopbackApi();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'drey-home-'));
});
afterEach(async () => {
  await terminal[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

/** A command in the terminal, and what the API answers it. */
export const open = async (command: string, replies: Replies, env: Environment = {}): Promise<void> => {
  server.answer(replies);
  terminal = await openTerminal(command, environmentOf(home, { DREY_API: server.url, ...env }));
};

export const enterLine = async (line: string): Promise<void> => {
  await terminal.type(line);
  await terminal.press('Enter');
};
