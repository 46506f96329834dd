import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { drey } from './drey.ts';
import { type Replies, startLoopbackApi } from './loopback-api.ts';

/** Starts a loopback API for the tests of one file. */
export const useLoopbackApi = () => {
  let api: Awaited<ReturnType<typeof startLoopbackApi>>;
  beforeAll(async () => {
    api = await startLoopbackApi();
  });
  afterAll(() => api[Symbol.asyncDispose]());
  return {
    get origin() {
      return api.origin;
    },
    get url() {
      return api.url;
    },
    get received() {
      return api.received;
    },
    calls: () => api.calls(),
    answer: (replies: Replies) => api.answer(replies),
  };
};

/** A loopback API with the one target `local`, and a run of `drey` against it. */
export const useLocalTarget = () => {
  const server = useLoopbackApi();
  const targets = { 'GET /v1/targets': { body: { targets: [{ name: 'local' }] } } };
  const run = (replies: Replies, words: readonly string[], input = '') => {
    server.answer({ ...targets, ...replies });
    return drey(words, { api: server.url, input });
  };
  return { server, run };
};

/** A folder for the tests of one file, which is removed after them. */
export const useFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
};
