/** `npm run bench:reconcile`: the memory and the processor time of a pass over a target with many clusters. */
import Table from 'cli-table3';
import { Command } from 'commander';

import { atMost } from '#test/bench/bars.ts';
import { formatBars } from '#test/bench/report.ts';

import { maxHeapMebibytes, measurePasses } from './measure.ts';

const maxCpuMs = 2_000;

const { clusters, passes } = new Command('npm run bench:reconcile --')
  .option('--clusters <n>', 'clusters of the target, each with two pods', '10000')
  .option('--passes <n>', 'passes of one process', '3')
  .parse()
  .opts<{ readonly clusters: string; readonly passes: string }>();
const measured = await measurePasses(Number(clusters), Number(passes));
const table = new Table({
  head: ['pass', 'wall ms', 'CPU ms', 'peak heap MiB', 'messages', 'clusters', 'with trouble'],
  style: { head: [], border: [] },
});
for (const [index, pass] of measured.passes.entries())
  table.push([
    index + 1,
    ...[pass.wallMs, pass.cpuMs, pass.peakHeapMebibytes].map((value) => value.toFixed(0)),
    pass.messages,
    pass.listedClusters,
    pass.troubled,
  ]);
const { kubernetes, kubernetesMegabytes, table: queries } = measured.requests;
const perPass = (value: number) => (value / measured.passes.length).toFixed(0);
const bars = [
  atMost('CPU ms of the first pass', measured.passes[0]?.cpuMs ?? Number.NaN, maxCpuMs),
  atMost(
    'peak heap MiB',
    Math.max(...measured.passes.map(({ peakHeapMebibytes }) => peakHeapMebibytes)),
    maxHeapMebibytes,
  ),
];
console.log(table.toString());
console.log(
  `a pass: ${perPass(kubernetes)} requests to the API server with ${perPass(kubernetesMegabytes)} MB, ${perPass(queries)} of the table`,
);
console.log(formatBars(bars));
process.exitCode = bars.every(({ met }) => met) ? 0 : 1;
