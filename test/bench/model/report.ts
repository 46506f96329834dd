import Table from 'cli-table3';

import { atLeast, type CheckedBar, checkCounts, type CountBar, countBars } from '#test/bench/bars.ts';

import { formatBars } from '#test/bench/report.ts';

import { type CommandCounts, countCommands } from './commands.ts';
import { countDeployBeside, countMinute, countPass, type Growth } from './growth.ts';
import { latenciesMs } from './latencies.ts';
import { measureThroughput, type Throughput } from './throughput.ts';

export interface ModelReport {
  readonly latenciesMs: typeof latenciesMs;
  readonly commands: readonly CommandCounts[];
  readonly growth: readonly Growth[];
  readonly throughput: readonly Throughput[];
  readonly bars: readonly CheckedBar[];
}

export interface ModelOptions {
  /** Numbers of clusters and queued commands. */
  readonly sizes: readonly number[];
  /** Queued deploys of a burst. */
  readonly burst: number;
}

/** A smaller size would be dominated by the first requests. */
const barSize = 1_000;
const minuteSize = 20;
const minThroughputRatio = 0.8;
const minLimitedPerSecond = 100;

export const createModelReport = async ({ sizes, burst }: ModelOptions): Promise<ModelReport> => {
  const commands = await countCommands();
  const growth: Growth[] = [];
  for (const size of new Set([0, barSize, ...sizes])) growth.push(await countDeployBeside(size));
  for (const size of new Set([barSize, ...sizes])) growth.push(await countPass(Math.min(size, maxQueued)));
  for (const size of [0, minuteSize]) growth.push(await countMinute(size));
  const unlimited = await measureThroughput(burst, {});
  const limited = await measureThroughput(burst, { clusters: 2 * burst });
  const bars = [
    ...checkCounts(countBars, toBarValues(commands, growth)),
    atLeast('queue: throughput with limits ÷ without', limited.perSecond / unlimited.perSecond, minThroughputRatio),
    atLeast('queue: admitted commands a second with limits', limited.perSecond, minLimitedPerSecond),
  ];
  return { latenciesMs, commands, growth, throughput: [unlimited, limited], bars };
};

/** A target has at most 10,000 queued commands. The model needs one of them itself. */
const maxQueued = 9_999;

/** The values of the bars that are counts. */
export const toBarValues = (
  commands: readonly CommandCounts[],
  growth: readonly Growth[],
): Readonly<Record<CountBar, number>> => {
  const of = (name: string) => found(commands.find(({ command }) => command === name));
  const at = (what: string, size: number) =>
    found(growth.find((one) => one.what.startsWith(what) && one.size === size)).counts;
  const minute = at('one minute', minuteSize).requests - at('one minute', 0).requests;
  const callsAt = (size: number) =>
    found(growth.find(({ whole, ...one }) => whole !== undefined && one.size === size)?.whole).log.filter(
      ({ service }) => service === 'DynamoDB',
    ).length;
  return {
    'deploy: stages until the answer': of('deploy').answer.stages,
    'deploy: requests until the answer': of('deploy').answer.requests,
    'deploy: transitions of a start of 19 s': of('deploy').transitions,
    'submit: stages until the answer': of('submit').answer.stages,
    'submit: stages of its state machine': of('submit').workflow.stages,
    'cancel: stages until the answer': of('cancel').answer.stages,
    'stop: stages until the answer': of('stop').answer.stages,
    'stop: stages of its state machine': of('stop').workflow.stages,
    'list: stages until the answer': of('list').answer.stages,
    'deploy beside 1,000 clusters with limits: read units': at('deploy to', barSize).readUnits,
    'pass with 1,000 queued commands: read units': at('admission pass', barSize).readUnits,
    'minute: requests for each of 20 clusters': minute / minuteSize,
    'minute: DynamoDB calls for each of 20 clusters': (callsAt(minuteSize) - callsAt(0)) / minuteSize,
  };
};

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('A bar has no figure.');
  return value;
};

export const formatModelReport = (report: ModelReport): string =>
  [
    `simulated services: ${Object.entries(report.latenciesMs)
      .map(([service, ms]) => `${service} ${ms} ms`)
      .join(', ')}`,
    formatCommands(report.commands),
    formatGrowth(report.growth),
    formatThroughput(report.throughput),
    formatBars(report.bars),
  ].join('\n');

const plain = { style: { head: [], border: [] } };

const formatCommands = (commands: readonly CommandCounts[]): string => {
  const head = [
    'command',
    'answer ms',
    'stages',
    'requests',
    'read',
    'write',
    'then stages',
    'requests',
    'read',
    'write',
    'transitions',
  ];
  const table = new Table({ head, ...plain });
  for (const { command, answer, workflow, total, transitions } of commands)
    table.push([
      command,
      answer.ms.toFixed(0),
      answer.stages,
      answer.requests,
      answer.readUnits,
      answer.writeUnits,
      workflow.stages,
      total.requests - answer.requests,
      total.readUnits - answer.readUnits,
      total.writeUnits - answer.writeUnits,
      transitions,
    ]);
  return table.toString();
};

const formatGrowth = (growth: readonly Growth[]): string => {
  const table = new Table({
    head: ['with more and more', 'of them', 'stages', 'requests', 'read units', 'write units'],
    ...plain,
  });
  for (const { what, size, counts } of growth)
    table.push([what, size.toLocaleString('en'), counts.stages, counts.requests, counts.readUnits, counts.writeUnits]);
  return table.toString();
};

const formatThroughput = (throughput: readonly Throughput[]): string => {
  const table = new Table({
    head: ['burst of queued deploys', 'commands', 'functions', 'admitted a second'],
    ...plain,
  });
  for (const { limited, commands, functions, perSecond } of throughput)
    table.push([limited ? 'target with limits' : 'target without limits', commands, functions, perSecond.toFixed(0)]);
  return table.toString();
};
