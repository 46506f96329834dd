import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

import { cli, environment, packageFolder } from './cli.ts';

const run = promisify(execFile);

/** Builds the page of the dashboard unless it is built. */
export const needDashboard = async (): Promise<void> => {
  if (existsSync(join(packageFolder, 'dashboard/dist/index.html'))) return;
  await run(join(packageFolder, 'node_modules/.bin/vite'), ['build'], { cwd: packageFolder });
};

export interface DashboardProcess {
  /** It has a token that is valid once. */
  readonly address: string;
  /** Ctrl-C. Resolves to the exit code. */
  readonly interrupt: () => Promise<unknown>;
}

/** Starts `drey dashboard` without a browser. */
export const startDashboard = async (): Promise<DashboardProcess> => {
  const server = spawn(process.execPath, [cli, 'dashboard', '--no-open', '-o', 'json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const [line]: unknown[] = await Promise.race([once(server.stdout, 'data'), ended]);
  if (server.exitCode !== null) throw new Error(`drey dashboard has ended with ${server.exitCode}.`);
  const { address }: { readonly address: string } = JSON.parse(String(line));
  return {
    address,
    interrupt: async () => {
      server.kill('SIGINT');
      return (await ended)[0];
    },
  };
};

/** `rule: elements` of each violation of the accessibility rules in a page, with the contrast of its colors. */
export const findViolations = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source);
  const violations: axe.Result[] = await page.evaluate('axe.run().then(({ violations }) => violations)');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(describeNode).join(' | ')}`);
};

const describeNode = ({ html, failureSummary = '' }: axe.NodeResult): string =>
  `${html.slice(0, 200)} ${failureSummary.replaceAll(/\s+/g, ' ')}`;

/** Waits until the overview has its data. */
export const untilOverview = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { name: /^Needs attention \(\d+\)$/ }).waitFor();
};

/** Milliseconds from a navigation to the overview with its data, without anything in the cache of the browser. */
export const measureFirstLoad = async (browser: Browser, signedIn: BrowserContext, origin: string): Promise<number> => {
  const context = await browser.newContext({ storageState: await signedIn.storageState() });
  try {
    const page = await context.newPage();
    await page.goto(origin, { waitUntil: 'commit' });
    await untilOverview(page);
    return await page.evaluate<number>('performance.now()');
  } finally {
    await context.close();
  }
};
