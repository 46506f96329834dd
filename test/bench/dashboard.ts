/**
 * `npm run bench:dashboard`: what a browser loads until the overview of the dashboard is interactive, compressed, and how long that
 * takes. Each round has a fresh context of Chromium. It needs a local system, such as that of `npm start`.
 */
import { gzipSync } from 'node:zlib';

import Table from 'cli-table3';
import { Command } from 'commander';

import { buildPage } from '#local/services/dashboard.ts';
import { settingsFrom } from '#local/settings.ts';
import { type LocalSystem, readSystem } from '#local/system.ts';
import { launchBrowser, needBrowser } from '#test/support/browser.ts';
import { toClientEnvironment } from '#test/support/client-environment.ts';
import { type LoadedFile, measureFirstLoad, startDashboard, untilOverview } from '#test/support/dashboard-page.ts';

import { atMost, pageBars } from './bars.ts';
import { median, sum } from './measure.ts';
import { formatBars } from './report.ts';

interface Round {
  readonly interactiveMs: number;
  readonly files: readonly Size[];
}

interface Size {
  readonly path: string;
  readonly bytes: number;
  readonly compressedBytes: number;
}

const measureSize = ({ path, body }: LoadedFile): Size => ({
  path,
  bytes: body.length,
  compressedBytes: gzipSync(body).length,
});

interface Options {
  readonly rounds: number;
  /** The folder of the traces of Chromium, one of each round. */
  readonly trace: string | undefined;
}

const measure = async (system: LocalSystem, { rounds, trace }: Options): Promise<readonly Round[]> => {
  await Promise.all([needBrowser(), buildPage(system)]);
  const dashboard = await startDashboard(toClientEnvironment(system));
  const browser = await launchBrowser();
  try {
    const signedIn = await browser.newContext();
    const page = await signedIn.newPage();
    await page.goto(dashboard.address);
    await untilOverview(page);
    await page.close(); // It would ask for changes during the rounds.
    const measured: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const { origin } = new URL(dashboard.address);
      const traceFile = trace === undefined ? undefined : `${trace}/round-${round}.json`;
      const { interactiveMs, files } = await measureFirstLoad(browser, signedIn, origin, traceFile);
      process.stderr.write(`round ${round}/${rounds}  interactive after ${Math.round(interactiveMs)} ms\n`);
      measured.push({ interactiveMs, files: files.map(measureSize) });
    }
    return measured;
  } finally {
    await browser.close();
    await dashboard.interrupt();
  }
};

const kinds: Readonly<Record<string, string>> = { js: 'scripts', css: 'style sheets', woff2: 'fonts' };

const formatSizes = (files: readonly Size[]): string => {
  const table = new Table({ head: ['first load', 'files', 'kB', 'compressed kB'], style: { head: [], border: [] } });
  const groups = Map.groupBy(files, ({ path }) => kinds[path.split('.').at(-1) ?? ''] ?? 'page and icon');
  for (const [kind, all] of [...groups, ['together', files] as const])
    table.push([
      kind,
      all.length,
      ...[sum(all.map(({ bytes }) => bytes)), sum(all.map(({ compressedBytes }) => compressedBytes))].map((bytes) =>
        (bytes / 1_000).toFixed(1),
      ),
    ]);
  return table.toString();
};

const { rounds, state, output, trace } = new Command('npm run bench:dashboard --')
  .option('--rounds <n>', 'loads, each in a fresh context of the browser', '5')
  .option('--state <folder>', 'state folder of a running system', settingsFrom().state)
  .option('--output <format>', 'table or json', 'table')
  .option('--trace <folder>', 'write a trace of Chromium for each round; the loads take longer')
  .parse()
  .opts<Record<'rounds' | 'state' | 'output', string> & { readonly trace?: string }>();

const system = readSystem(state);
if (system === undefined) throw new Error(`No system runs with the state folder ${state}.`);
const measured = await measure(system, { rounds: Number(rounds), trace });
const times = measured.map(({ interactiveMs }) => Math.round(interactiveMs));
const files = measured[0]?.files ?? [];
const compressed = sum(files.map(({ compressedBytes }) => compressedBytes)) / 1_000;
const [sizeBar, timeBar] = ['first load, compressed: kB', 'overview interactive: ms'] as const;
const bars = [atMost(sizeBar, compressed, pageBars[sizeBar]), atMost(timeBar, median(times), pageBars[timeBar])];
if (output === 'json') console.log(JSON.stringify({ times, median: median(times), files, bars }, undefined, 2));
else {
  console.log(formatSizes(files));
  console.log(`overview interactive: median ${median(times)} ms of ${times.join(', ')} ms\n${formatBars(bars)}`);
}
process.exitCode = bars.every(({ met }) => met) ? 0 : 1;
