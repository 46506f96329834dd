import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import axe from 'axe-core';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';

import { root } from '#local/settings.ts';

export interface DashboardProcess {
  /** It has a token that is valid once. */
  readonly address: string;
  /** Ctrl-C. Resolves to the exit code. */
  readonly interrupt: () => Promise<unknown>;
}

/** Starts `drey dashboard` without a browser, in the environment of a client. */
export const startDashboard = async (env: NodeJS.ProcessEnv): Promise<DashboardProcess> => {
  const server = spawn(process.execPath, [join(root, 'cli/bin.js'), 'dashboard', '--no-open', '-o', 'json'], {
    env,
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

/** How long the main thread of a page must be free of long tasks, those of 50 ms and more. */
const quietMs = 200;

/**
 * Runs in a page before its own scripts. `interactive` resolves to the milliseconds from the navigation until the overview shows
 * all of its data, and to the end of a long task that follows within 200 ms.
 */
const watchOverview = `
  let taskEndMs = 0;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) taskEndMs = startTime + duration;
  }).observe({ type: 'longtask', buffered: true });
  const isShown = () => {
    const view = document.querySelector('#view');
    const texts = [...(view?.querySelectorAll('h2') ?? [])].map((heading) => heading.textContent);
    return texts.some((text) => /^Needs attention ?\\(/.test(text)) && !view.querySelector('[class*="status-loading"]');
  };
  globalThis.interactive = new Promise((resolve) => {
    let shownMs;
    const look = () => {
      shownMs ??= isShown() ? performance.now() : undefined;
      const readyMs = Math.max(shownMs ?? Infinity, taskEndMs);
      if (performance.now() - readyMs >= ${quietMs}) {
        performance.mark('interactive', { startTime: readyMs });
        resolve(readyMs);
      } else requestAnimationFrame(look);
    };
    look();
  });
`;

/** A file that the page loaded. */
export interface LoadedFile {
  readonly path: string;
  readonly body: Buffer;
}

interface FirstLoad {
  /** From the navigation until the overview is interactive. */
  readonly interactiveMs: number;
  /** The page with its scripts, style sheets, fonts and pictures, without the answers of the API. */
  readonly files: readonly LoadedFile[];
}

/**
 * Opens the overview in a browser that is signed in and has nothing in its cache.
 *
 * @param traceFile Where Chromium writes its trace of the load, which takes longer then.
 */
export const measureFirstLoad = async (
  browser: Browser,
  signedIn: BrowserContext,
  origin: string,
  traceFile?: string,
): Promise<FirstLoad> => {
  const context = await browser.newContext({ storageState: await signedIn.storageState() });
  try {
    const page = await context.newPage();
    const responses: Response[] = [];
    page.on('response', (response) => responses.push(response));
    await page.addInitScript(watchOverview);
    if (traceFile !== undefined) await browser.startTracing(page, { path: traceFile });
    await page.goto(origin, { waitUntil: 'commit' });
    const interactiveMs = await page.evaluate<number>('interactive');
    if (traceFile !== undefined) await browser.stopTracing();
    const loaded = responses.filter((response) => response.request().resourceType() !== 'fetch');
    return { interactiveMs, files: await Promise.all(loaded.map(readFile)) };
  } finally {
    await context.close();
  }
};

const readFile = async (response: Response): Promise<LoadedFile> => ({
  path: new URL(response.url()).pathname,
  body: await response.body(),
});
