import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';

/** Debian's package. Without it, no browser draws the page. */
const executablePath = '/usr/bin/chromium';

export const hasBrowser = (): boolean => existsSync(executablePath);

const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-sandbox', // Root has none.
];

/** The text of the graph of a job in Flink's web UI at an address. @throws Error when the page has an error. */
export const openGraph = async (address: string, jobId: string): Promise<string> => {
  const browser = await chromium.launch({ executablePath, args: flags });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(address);
    await page.waitForURL(/#\/overview$/);
    await page.goto(`${new URL(address).origin}/#/job/running/${jobId}/overview`);
    const graph = page.locator('flink-dagre');
    await graph.getByText('Parallelism').last().waitFor({ timeout: 60_000 });
    if (errors.length > 0) throw new Error(`The page has errors: ${errors.join('\n')}`);
    return await graph.innerText();
  } finally {
    await browser.close();
  }
};
