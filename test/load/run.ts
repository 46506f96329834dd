/** `npm run bench:queue`: a night's load of commands through the queue, on a control plane without a node. */
import { join } from 'node:path';

import Table from 'cli-table3';
import { Command } from 'commander';

import { root } from '#local/settings.ts';
import { startLocal, stopLocal } from '#local/system.ts';

import { type LoadReport, runLoad } from './queue.ts';

const own = {
  state: join(root, '.local/bench'),
  port: 4766,
  kubernetesPort: 7943,
  kubernetesNet: '10.83',
  controlPlaneOnly: true,
} as const;

const print = (report: LoadReport) => {
  const table = new Table({ style: { head: [], border: [] } });
  const perSecond = (count: number, seconds: number) =>
    `${seconds.toFixed(1)} s, ${(count / seconds).toFixed(1)} a second`;
  table.push(
    ['messages sent', `${report.messages} in ${perSecond(report.messages, report.sendSeconds)}`],
    ['deploys accepted', `${report.commands} in ${perSecond(report.commands, report.acceptSeconds)}`],
    ['deploys applied', `${report.commands} in ${perSecond(report.commands, report.applySeconds)}`],
    ['clusters at once, at most', report.mostAtOnce],
    ['a free place is taken after (median)', `${report.medianRefillSeconds.toFixed(1)} s`],
    ['median place of start', `noisy team ${report.medianStart.noisy}, quiet teams ${report.medianStart.quiet}`],
    ['processes of functions killed', report.killed],
    ['violations', report.violations.length],
  );
  console.log(table.toString());
  for (const violation of report.violations) console.log(`VIOLATED: ${violation}`);
};

const { commands, limit, hold, kill, output } = new Command('npm run bench:queue --')
  .option('--commands <n>', 'different deploys', '1000')
  .option('--limit <n>', 'clusters at once; 0: no limit', '40')
  .option('--hold <ms>', 'how long a cluster is kept', '1000')
  .option('--kill <ms>', 'for how long functions are killed in the middle', '0')
  .option('--output <form>', 'table or json', 'table')
  .parse()
  .opts<Record<'commands' | 'limit' | 'hold' | 'kill' | 'output', string>>();
const system = await startLocal(own);
try {
  const load = {
    commands: Number(commands),
    limit: Number(limit) === 0 ? undefined : Number(limit),
    holdMs: Number(hold),
    killMs: Number(kill),
  };
  const report = await runLoad(system, load, (line) => process.stderr.write(`${line}\n`));
  if (output === 'json') console.log(JSON.stringify(report, undefined, 2));
  else print(report);
  process.exitCode = report.violations.length > 0 ? 1 : 0;
} finally {
  await stopLocal({ state: own.state, clean: true });
}
