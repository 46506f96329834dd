import { availableParallelism } from 'node:os';

import Table from 'cli-table3';

import { atMost, atLeast, bundleBars, type CheckedBar, checkCounts } from './bars.ts';
import type { BundleStarts } from './bundle-starts.ts';
import { type Figures, type Summary, summarize } from './measure.ts';
import type { QueueFigures } from './queue.ts';
import { type RowName, rowNames, rows } from './rows.ts';
import { formatStartUps, type StartUp } from './start-up.ts';

export interface Measured {
  readonly figures: Readonly<Record<RowName, readonly Figures[]>>;
  readonly queues: readonly QueueFigures[];
  readonly bundleStarts: BundleStarts;
  readonly commandLines: readonly StartUp[];
}

export interface Report {
  readonly processors: number;
  readonly rows: readonly ({ readonly row: RowName; readonly timesFaster: number } & Summary)[];
  readonly queues: readonly QueueFigures[];
  /** In bytes, without source maps. */
  readonly bundles: readonly { readonly name: string; readonly bytes: number }[];
  readonly imports: Readonly<Record<'deploy' | 'empty', Summary>>;
  readonly commandLines: readonly StartUp[];
  readonly bars: readonly CheckedBar[];
}

export const createReport = ({ figures, queues, bundleStarts, commandLines }: Measured): Report => {
  const summaries = Object.fromEntries(rowNames.map((row) => [row, summarize(figures[row])])) as Record<
    RowName,
    Summary
  >;
  const imports = { deploy: summarize(bundleStarts.deploy), empty: summarize(bundleStarts.empty) };
  return {
    processors: availableParallelism(),
    rows: rowNames.map((row) => ({
      row,
      timesFaster: summaries.flink.medianMs / summaries[row].medianMs,
      ...summaries[row],
    })),
    queues,
    bundles: bundleStarts.bundles.map(({ name, bytes }) => ({ name, bytes })),
    imports,
    commandLines,
    bars: [...listTimeBars(summaries, imports), ...checkBundles(bundleStarts)],
  };
};

/** Ratios of medians of one alternating run, because times depend on the machine. */
const listTimeBars = (
  { raw, flink, cold, warm, ...others }: Readonly<Record<RowName, Summary>>,
  { deploy, empty }: Report['imports'],
): readonly CheckedBar[] => [
  atMost('warm deploy without AWS ÷ API server alone', others['warm-own'].medianMs / raw.medianMs, 1.3),
  atLeast("Flink's client ÷ warm deploy", flink.medianMs / warm.medianMs, 60),
  atLeast("Flink's client ÷ cold process", flink.medianMs / cold.medianMs, 12),
  atLeast("Flink's client ÷ drey --no-wait", flink.medianMs / others['cli-deploy'].medianMs, 10),
  atMost('drey list ÷ kubectl get deploy', others['cli-list'].medianMs / others['kubectl-list'].medianMs, 1.5),
  atMost('start and import of deploy ÷ empty handler', deploy.medianMs / empty.medianMs, 3.2),
  atMost('start and import of deploy: MiB', deploy.peakMebibytes ?? Number.NaN, 80),
];

export const checkBundles = ({ bundles }: Pick<BundleStarts, 'bundles'>): readonly CheckedBar[] => {
  const kilobytesOf = (name: string) => (bundles.find((one) => one.name === name)?.bytes ?? Number.NaN) / 1_000;
  return checkCounts(bundleBars, {
    'deploy: kB': kilobytesOf('deploy'),
    'openapi: kB': kilobytesOf('openapi'),
    'the largest: kB': Math.max(...bundles.map(({ bytes }) => bytes)) / 1_000,
  });
};

const plain = { style: { head: [], border: [] } };
const format = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? '';

export const formatReport = (report: Report): string =>
  [
    `${report.processors} processors, medians of rounds in which all rows alternate`,
    formatRows(report),
    formatImports(report),
    formatQueues(report.queues),
    formatStartUps(report.commandLines),
    formatBars(report.bars),
  ].join('\n');

const formatRows = ({ rows: measured }: Report): string => {
  const table = new Table({
    head: ['row', 'n', 'median ms', 'p95 ms', 'CPU ms', 'peak MiB', 'times faster'],
    ...plain,
  });
  for (const { row, n, medianMs, p95Ms, cpuMs, peakMebibytes, timesFaster } of measured)
    table.push([
      rows[row],
      n,
      ...[medianMs, p95Ms, cpuMs, peakMebibytes].map((value) => format(value)),
      format(timesFaster, 1),
    ]);
  return table.toString();
};

const formatImports = ({ imports, bundles }: Report): string => {
  const table = new Table({ head: ['start and import', 'n', 'median ms', 'p95 ms', 'CPU ms', 'peak MiB'], ...plain });
  for (const [name, { n, medianMs, p95Ms, cpuMs, peakMebibytes }] of Object.entries(imports))
    table.push([name, n, ...[medianMs, p95Ms, cpuMs, peakMebibytes].map((value) => format(value))]);
  const sizes = bundles.map(({ name, bytes }) => `${name} ${format(bytes / 1_000)} kB`).join(', ');
  return `${table.toString()}\nbundles: ${sizes}`;
};

const formatQueues = (queues: readonly QueueFigures[]): string => {
  const head = [
    'queue (the emulator delivers to one function at a time)',
    'commands',
    'accepted a second',
    'applied a second',
    'violations',
  ];
  const table = new Table({ head, ...plain });
  for (const { limit, commands, acceptedPerSecond, appliedPerSecond, violations } of queues)
    table.push([
      limit === undefined ? 'without limits' : `limit of ${limit} clusters`,
      commands,
      format(acceptedPerSecond, 1),
      format(appliedPerSecond, 1),
      violations.length,
    ]);
  return `${table.toString()}\nWhere functions run at once, \`npm run bench:model\` has the figures.`;
};

/** The bars as a table for a terminal. */
export const formatBars = (bars: readonly CheckedBar[]): string => {
  const table = new Table({ head: ['bar', 'value', 'limit', ''], ...plain });
  for (const { name, value, max, min, met } of bars)
    table.push([
      name,
      Number.isInteger(value) ? value : format(value, 2),
      max === undefined ? `≥ ${min}` : `≤ ${max}`,
      met ? 'met' : 'MISSED',
    ]);
  return table.toString();
};
