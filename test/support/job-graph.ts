import type { Page } from 'playwright-core';

import { launchBrowser } from './browser.ts';

/** Errors that a page writes to its console from now on, with their addresses. */
export const collectErrors = (page: Page): readonly string[] => {
  const errors: string[] = [];
  page.on(
    'console',
    (message) => message.type() === 'error' && errors.push(`${message.text()} ${message.location().url}`),
  );
  page.on('pageerror', ({ message }) => errors.push(message));
  return errors;
};

/** The text of the graph of a job in Flink's web UI, which is open in a page. */
export const readGraph = async (page: Page, jobId: string): Promise<string> => {
  await page.waitForURL(/#\/overview$/);
  await page.goto(`${new URL(page.url()).origin}/#/job/running/${jobId}/overview`);
  const graph = page.locator('flink-dagre');
  await graph.getByText('Parallelism').last().waitFor({ timeout: 60_000 });
  return graph.innerText();
};

/** The text of the graph of a job in Flink's web UI at an address. @throws Error when the page has an error. */
export const openGraph = async (address: string, jobId: string): Promise<string> => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const errors = collectErrors(page);
    await page.goto(address);
    const graph = await readGraph(page, jobId);
    if (errors.length > 0) throw new Error(`The page has errors: ${errors.join('\n')}`);
    return graph;
  } finally {
    await browser.close();
  }
};
