/** `npm run bench`: measures Drey beside the API server alone and Flink's own client, on a local system. */
import { Command } from 'commander';

import { root } from '#local/settings.ts';
import { defaultReport } from '#local/steps/steps.ts';
import { readSystem, startLocal, stopLocal } from '#local/system.ts';
import { environment } from '#test/support/environment.ts';

import { measureBundleStarts } from './bundle-starts.ts';
import { measureQueue } from './queue.ts';
import { createReport, formatReport } from './report.ts';
import { measureRounds } from './rounds.ts';
import { measureStartUps } from './start-up.ts';

const ownSystem = {
  state: `${root}/.local/bench`,
  port: 4766,
  kubernetesPort: 7943,
  kubernetesNet: '10.83',
  controlPlaneOnly: true,
} as const;

interface Options {
  readonly rounds: string;
  readonly warmUps: string;
  readonly warmCalls: string;
  readonly startUps: string;
  readonly queue: string;
  readonly state?: string;
  readonly output: string;
}

const main = async ({ rounds, warmUps, warmCalls, startUps, queue, state, output }: Options): Promise<void> => {
  const progress = output === 'json' ? 'silent' : defaultReport(); // The output is the report alone.
  const bundleStarts = await measureBundleStarts(Number(startUps), { ...process.env, ...environment });
  const commandLines = await measureStartUps(Number(startUps));
  const system = state === undefined ? await startLocal(ownSystem, progress) : readSystem(state);
  if (system === undefined) throw new Error(`No system runs with the state folder ${state ?? ''}.`);
  try {
    const figures = await measureRounds(system, state ?? ownSystem.state, {
      counted: Number(rounds),
      warmUps: Number(warmUps),
      warmCalls: Number(warmCalls),
    });
    const queues = await measureQueue(system, Number(queue));
    const report = createReport({ figures, queues, bundleStarts, commandLines });
    console.log(output === 'json' ? JSON.stringify(report, undefined, 2) : formatReport(report));
    process.exitCode = report.bars.every(({ met }) => met) ? 0 : 1;
  } finally {
    if (state === undefined) await stopLocal({ state: ownSystem.state, clean: true }, progress);
  }
};

await main(
  new Command('npm run bench --')
    .option('--rounds <n>', 'counted rounds', '7')
    .option('--warm-ups <n>', 'rounds before them, which fill caches', '1')
    .option('--warm-calls <n>', 'deploys of the warm function before the rounds', '20')
    .option('--start-ups <n>', 'starts of each bundle and command line', '31')
    .option('--queue <n>', 'queued deploys, once with and once without limits; 0: none', '40')
    .option('--state <folder>', 'state folder of a running system; by default a system is started and stopped')
    .option('--output <format>', 'table or json', 'table')
    .parse()
    .opts<Options>(),
);
