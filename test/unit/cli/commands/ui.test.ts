import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { drey, spawnDrey } from '#test/unit/cli/drey.ts';
import { cluster, oneTarget, problem, startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

let api: Awaited<ReturnType<typeof startLoopbackApi>>;
beforeAll(async () => {
  api = await startLoopbackApi();
});
afterAll(() => api[Symbol.asyncDispose]());
afterEach(() => api.answer({}));

const path = '/v1/targets/local/clusters/live';
const running = {
  'GET /v1/targets': oneTarget,
  [`GET ${path}`]: { body: cluster() },
  [`GET ${path}/flink/config`]: { body: {} },
};

describe('drey ui', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('prints an address that opens, and ends with %s', async (signal) => {
    api.answer(running);
    const { child, ended } = spawnDrey(['ui', 'live'], { api: api.url });
    const [line]: unknown[] = await once(child.stdout, 'data');
    const address = /http:\S+/.exec(String(line))?.[0] ?? '';

    const { status } = await fetch(address);
    child.kill(signal);

    expect(status).toBe(200);
    expect(await ended).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Flink's web UI of live: http:\/\/localhost:\d+\/\?token=[\w-]{43}\n$/) as string,
      stderr: 'The address is valid once. Press Ctrl-C to end.\n',
    });
    await expect(fetch(address)).rejects.toThrow('fetch failed');
  });

  it('listens on the port that is given, unless another program does', async () => {
    api.answer(running);
    const port = new URL(api.origin).port;

    const { code, stdout, stderr } = await drey(['ui', 'live', '--port', port], { api: api.url });

    expect(code).toBe(1);
    expect(stdout + stderr).toContain(`The server cannot listen on 127.0.0.1:${port} (EADDRINUSE).`);
  });

  it.each([
    [
      'a cluster that starts',
      { [`GET ${path}`]: { body: cluster({ state: 'DEPLOYING' }) } },
      'Cluster live is DEPLOYING',
    ],
    [
      'a cluster whose target has no web UI',
      {
        [`GET ${path}/flink/config`]: problem(
          'flink-ui-disabled',
          403,
          'The policy of target local has flinkUi: false.',
        ),
      },
      'flinkUi: false',
    ],
    [
      'a cluster that does not exist',
      { [`GET ${path}`]: problem('not-found', 404, 'There is no cluster live.') },
      'no cluster live',
    ],
  ])('tells what is wrong with %s, and opens nothing', async (_what, replies, message) => {
    api.answer({ ...running, ...replies });

    const { code, stdout, stderr } = await drey(['ui', 'live'], { api: api.url });

    expect(code).toBe(1);
    expect(stdout + stderr).toContain(message);
    expect(stdout).not.toContain('http://');
  });

  it.each(['0', '65536', '-1', 'x', '80.5'])('refuses the port %s', async (port) => {
    const { code, stdout, stderr } = await drey(['ui', 'live', `--port=${port}`], { api: api.url });

    expect(code).toBe(1);
    expect(stdout + stderr).toContain('--port must be a number from 1 to 65535');
    expect(api.received).toEqual([]);
  });
});

it.each(['ui live', 'dashboard'])('drey %s refuses port 80, which browsers leave out', async (words) => {
  const { code, stdout, stderr } = await drey([...words.split(' '), '--port=80'], { api: api.url });

  expect(code).toBe(1);
  expect(stdout + stderr).toContain('--port cannot be 80');
  expect(api.received).toEqual([]);
});

describe('drey dashboard', () => {
  it('without an API asks for the endpoint', async () => {
    const { code, stdout, stderr } = await drey(['dashboard'], { api: '' });

    expect(code).toBe(1);
    expect(stdout + stderr).toContain('No API endpoint is configured.');
  });
});
