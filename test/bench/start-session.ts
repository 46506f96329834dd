/** `npm run bench`: compares the start of a session through Drey and with Flink's own client, against one API server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import Table from 'cli-table3';
import { Command } from 'commander';

import { root } from '#local/settings.ts';
import { readSystem, startLocal, stopLocal } from '#local/system.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import { computeMedians, median } from './measure.ts';
import { measureSessionStarts, type Way, wayNames, ways } from './session-starts.ts';
import { formatStartUps, measureStartUps, type StartUp } from './start-up.ts';

const ownSystem = {
  state: join(root, '.local/bench'),
  port: 4766,
  kubernetesPort: 7943,
  kubernetesNet: '10.83',
  controlPlaneOnly: true,
} as const;

const startUpRounds = 31;
const renderRounds = 10_000;

interface Report {
  readonly machine: string;
  readonly rounds: number;
  readonly rows: readonly ({ readonly way: Way; readonly timesFaster: number } & ReturnType<typeof computeMedians>)[];
  readonly renderMs: number;
  readonly startUps: readonly StartUp[];
}

const main = async (): Promise<void> => {
  const program = new Command('npm run bench --')
    .option('--rounds <n>', 'counted rounds', '7')
    .option('--state <folder>', 'state folder of a running system; by default a system is started and stopped')
    .option('--output <format>', 'table or json', 'table');
  const { rounds, state, output } = program.parse().opts<{ rounds: string; state?: string; output: string }>();
  const report = await createReport(Number(rounds), state);
  console.log(output === 'json' ? JSON.stringify(report, undefined, 2) : formatReport(report));
};

const createReport = async (rounds: number, state: string | undefined): Promise<Report> => {
  const startUps = await measureStartUps(startUpRounds);
  const system = state === undefined ? await startLocal(ownSystem) : readSystem(state);
  if (system === undefined) throw new Error(`No system runs with the state folder ${state ?? ''}.`);
  try {
    const figures = await measureSessionStarts(system, state ?? ownSystem.state, rounds);
    const rows = wayNames.map((way) => ({ way, ...computeMedians(figures[way]) }));
    const flinkMs = rows.find(({ way }) => way === 'flink')?.wallMs ?? Number.NaN;
    return {
      machine: describeMachine(),
      rounds,
      rows: rows.map((row) => ({ ...row, timesFaster: flinkMs / (row.wallMs ?? Number.NaN) })),
      renderMs: measureRendering(),
      startUps,
    };
  } finally {
    if (state === undefined) await stopLocal({ state: ownSystem.state, clean: true });
  }
};

/** The median time of rendering a session's manifests, in milliseconds. */
const measureRendering = (): number => {
  const timesMs: number[] = [];
  for (let round = 0; round < renderRounds; round += 1) {
    const startMs = performance.now();
    renderCluster({
      mode: 'session',
      clusterId: 'bench',
      namespace: 'flink',
      config: { 'taskmanager.numberOfTaskSlots': '4' },
    });
    timesMs.push(performance.now() - startMs);
  }
  return median(timesMs);
};

const formatReport = ({ machine, rounds, rows, renderMs, startUps }: Report): string => {
  const table = new Table({
    head: ['start a session', 'wall ms', 'CPU ms', 'peak MiB', 'times faster'],
    style: { head: [], border: [] },
  });
  const format = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? '';
  for (const { way, wallMs, cpuMs, peakMebibytes, timesFaster } of rows)
    table.push([ways[way], format(wallMs), format(cpuMs), format(peakMebibytes), format(timesFaster, 1)]);
  return [
    `medians of ${rounds} rounds on ${machine}`,
    table.toString(),
    `rendering a session's manifests: ${renderMs.toFixed(3)} ms, median of ${renderRounds.toLocaleString('en')}`,
    formatStartUps(startUps),
  ].join('\n');
};

const describeMachine = (): string => {
  const lines = readFileSync('/proc/cpuinfo', 'utf8').split('\n');
  return `${lines.filter((line) => line.startsWith('processor')).length} processors`;
};

await main();
