import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

import { openForward } from '#cli/api/forward.ts';
import { startDashboard } from '#cli/dashboard/dashboard-listener.ts';
import { openPageFiles } from '#cli/dashboard/page-files.ts';
import { readVersion } from '#cli/version.ts';
import { credentials, region, root, type Settings } from '#local/settings.ts';
import { type BackgroundProcess, endProcess, launchServer, run } from './processes.ts';

/** The server of the dashboard, as `drey dashboard` starts it, in the background. */
export const dashboardName = 'dashboard';

const pageFolder = join(root, 'dashboard', 'dist');

const Config = z.object({ port: z.number(), apiUrl: z.string(), target: z.string(), addressFile: z.string() });

const toOrigin = (port: number): string => `http://127.0.0.1:${port}`;

const getAddressFile = ({ state }: Pick<Settings, 'state'>): string => join(state, 'dashboard-address');

/** Builds the page of the dashboard unless it is built. `npm ci` builds it, too. */
export const buildPage = async ({ logs }: Pick<Settings, 'logs'>): Promise<void> => {
  if (existsSync(join(pageFolder, 'index.html'))) return;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await run(process.execPath, [vite, 'build'], { log: join(logs, 'vite'), cwd: root, env: process.env });
};

/** Starts the process anew, so that it serves the page as it is now, and waits until it listens. */
export const startDashboardService = async (
  settings: Pick<Settings, 'dashboardPort' | 'state' | 'pids' | 'logs'>,
  api: { readonly apiUrl: string; readonly target: string },
): Promise<BackgroundProcess> => {
  const { dashboardPort: port, state } = settings;
  const addressFile = getAddressFile(settings);
  await endProcess(dashboardName, settings);
  rmSync(addressFile, { force: true });
  const value: z.infer<typeof Config> = { port, ...api, addressFile };
  const config = { path: join(state, 'dashboard.json'), value };
  const address = toOrigin(port);
  return launchServer(
    { name: dashboardName, title: 'Dashboard', script: import.meta.filename, config, address },
    settings,
  );
};

/** The address that opens the dashboard in a browser: it is valid once, and then there is the next one. While the process starts, it opens nothing. */
export const readDashboardAddress = (settings: Pick<Settings, 'state' | 'dashboardPort'>): string => {
  const file = getAddressFile(settings);
  return existsSync(file) ? readFileSync(file, 'utf8') : toOrigin(settings.dashboardPort);
};

const main = async (path: string): Promise<void> => {
  const { port, apiUrl, target, addressFile } = Config.parse(JSON.parse(readFileSync(path, 'utf8')));
  const [identity, authentication] = ['npm start', 'iam'] as const;
  const publishAddress = () => {
    // A new file, so that its mode holds and nobody reads a part of it.
    writeFileSync(`${addressFile}.new`, listener.newAddress(), { mode: 0o600 });
    renameSync(`${addressFile}.new`, addressFile);
  };
  const listener = await startDashboard({
    forward: openForward({ apiUrl: new URL(apiUrl), apiFrom: identity, region, credentials: async () => credentials }),
    pageFiles: await openPageFiles(pageFolder),
    session: { version: readVersion(root), api: { url: apiUrl, from: identity }, target, authentication, identity },
    port,
    signal: new AbortController().signal, // The process ends by SIGTERM.
    onEntered: publishAddress,
  });
  publishAddress();
  console.log(`listening on ${port}`);
};

if (import.meta.main) await main(process.argv[2] ?? '');
