/** `npm run bench:start-up`, and a part of `npm run bench`: measures the start-up time of `drey`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import Table from 'cli-table3';

const run = promisify(execFile);
const drey = join(import.meta.dirname, '../../cli/bin.js');

const lines = {
  'node -e 0': ['-e', '0'],
  'drey --help': [drey, '--help'],
  'drey list --help': [drey, 'list', '--help'],
} as const;
type Line = keyof typeof lines;

export interface StartUp {
  readonly line: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Runs the command lines in turn, so that other load affects all of them. The first run of each fills Node's compile cache. */
export const startUp = async (rounds: number): Promise<readonly StartUp[]> => {
  const names = Object.keys(lines) as Line[];
  const times = new Map(names.map((line) => [line, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const line of names) {
      const began = performance.now();
      await run(process.execPath, lines[line]);
      if (round > 0) times.get(line)?.push(performance.now() - began);
    }
  }
  return [...times].map(([line, values]) => ({
    line,
    medianMs: median(values),
    fastestMs: Math.min(...values),
    slowestMs: Math.max(...values),
  }));
};

export const startUpTable = (figures: readonly StartUp[]): string => {
  const table = new Table({
    head: ['start-up', 'median ms', 'fastest', 'slowest'],
    style: { head: [], border: [] },
  });
  for (const { line, medianMs, fastestMs, slowestMs } of figures)
    table.push([line, ...[medianMs, fastestMs, slowestMs].map((value) => value.toFixed(0))]);
  return table.toString();
};

if (import.meta.main) console.log(startUpTable(await startUp(31)));
