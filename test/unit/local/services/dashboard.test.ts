import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { buildPage, dashboardName, readDashboardAddress, startDashboardService } from '#local/services/dashboard.ts';
import { endProcess, findRunning } from '#local/services/processes.ts';
import { listStatus, stopLocal } from '#local/system.ts';
import { startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

const findFreePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
};

let api: Awaited<ReturnType<typeof startLoopbackApi>>;
let settings: { readonly [folder in 'state' | 'pids' | 'logs']: string } & { readonly dashboardPort: number };
beforeAll(async () => {
  const state = await mkdtemp(join(tmpdir(), 'drey-'));
  settings = { state, pids: join(state, 'pid'), logs: join(state, 'log'), dashboardPort: await findFreePort() };
  api = await startLoopbackApi();
  await buildPage(settings);
}, 120_000);
afterAll(async () => {
  await endProcess(dashboardName, settings);
  await api[Symbol.asyncDispose]();
  await rm(settings.state, { recursive: true });
});

/** Opens an address. Returns the status and the cookie. */
const open = async (address: string) => {
  const { status, headers } = await fetch(address);
  return { status, cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
};

it('the dashboard of the local system has an address for each time that it is opened', async () => {
  const started = await startDashboardService(settings, { apiUrl: api.url, target: 'local' });
  const first = readDashboardAddress(settings);
  const opened = await open(first);
  const next = readDashboardAddress(settings);
  api.answer({ 'GET /v1/targets': { body: { targets: [] } } });
  const { origin } = new URL(first);
  const headers = { cookie: opened.cookie };
  const [session, targets] = await Promise.all(
    ['/session.json', '/v1/targets'].map(async (path) => (await fetch(`${origin}${path}`, { headers })).json()),
  );

  expect(started).toMatchObject({ name: dashboardName, address: origin });
  expect(await findRunning(dashboardName, settings)).toMatchObject({ pid: started.pid });
  expect(opened.status).toBe(200);
  expect(await open(first)).toMatchObject({ status: 401 });
  expect(next).not.toBe(first);
  expect(await open(next)).toMatchObject({ status: 200 });
  expect(session).toMatchObject({ api: { url: api.url, from: 'npm start' }, target: 'local', identity: 'npm start' });
  expect(targets).toEqual({ targets: [] });
  expect(api.received[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=test\//);
});

it('an address of another process opens nothing, and others cannot read one', async () => {
  const earlier = readDashboardAddress(settings);
  const { pid } = await startDashboardService(settings, { apiUrl: api.url, target: 'local' });
  const address = readDashboardAddress(settings);

  expect(await findRunning(dashboardName, settings)).toMatchObject({ pid });
  expect(await open(earlier)).toMatchObject({ status: 401 });
  expect(await open(address)).toMatchObject({ status: 200 });
  for (const name of ['dashboard-address', 'dashboard.json'])
    expect((await stat(join(settings.state, name))).mode & 0o777).toBe(0o600);
});

it('the status of the system has the address, and a stop ends the process', async () => {
  const { state } = settings;
  const { pid, since } = await startDashboardService(settings, { apiUrl: api.url, target: 'local' });
  const address = readDashboardAddress(settings);

  expect(await listStatus(state)).toEqual([{ name: dashboardName, pid, address, since }]);
  await stopLocal({ state, clean: true }, 'silent');
  expect(await listStatus(state)).toEqual([]);
  await expect(open(address)).rejects.toThrow('fetch failed');
  expect((await readdir(state)).filter((name) => name.startsWith('dashboard'))).toEqual([]);
});
