/** `npm run bench:model`: counts requests and capacity of commands on simulated services with stated latencies. */
import { Command } from 'commander';

import '#test/faults/environment.ts';

const { createModelReport, formatModelReport } = await import('./report.ts');
const { writePages } = await import('./pages.ts');

interface Options {
  readonly sizes: string;
  readonly burst: string;
  readonly output: string;
  readonly write?: boolean;
}

const { sizes, burst, output, write } = new Command('npm run bench:model --')
  .option('--sizes <n,…>', 'numbers of running clusters and of queued commands', '1000,10000')
  .option('--burst <n>', 'queued deploys of a burst', '200')
  .option('--output <format>', 'table or json', 'table')
  .option('--write', 'also write the pages and pictures of docs that follow from the counts')
  .parse()
  .opts<Options>();
const report = await createModelReport({ sizes: sizes.split(',').map(Number), burst: Number(burst) });
if (write === true) await writePages(report);
console.log(output === 'json' ? JSON.stringify(report, undefined, 2) : formatModelReport(report));
process.exitCode = report.bars.every(({ met }) => met) ? 0 : 1;
