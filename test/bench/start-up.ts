/** `npm run bench:start-up`, also a part of `npm run bench`: measures the time until `drey` prints its first output. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import Table from 'cli-table3';

import { median } from './measure.ts';

const run = promisify(execFile);
const drey = join(import.meta.dirname, '../../cli/bin.js');

const commandLines = {
  'node -e 0': ['-e', '0'],
  'drey --help': [drey, '--help'],
  'drey list --help': [drey, 'list', '--help'],
} as const;
type CommandLine = keyof typeof commandLines;

export interface StartUp {
  readonly line: string;
  readonly medianMs: number;
  readonly fastestMs: number;
  readonly slowestMs: number;
}

/**
 * Runs the command lines in turn, so that other load on the machine affects all of them alike. Round 0 is not counted,
 * because it fills Node's compile cache.
 */
export const measureStartUps = async (rounds: number): Promise<readonly StartUp[]> => {
  const lines = Object.keys(commandLines) as CommandLine[]; // the keys of the table
  const timesMs = new Map(lines.map((line) => [line, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const line of lines) {
      const startMs = performance.now();
      await run(process.execPath, commandLines[line]);
      if (round > 0) timesMs.get(line)?.push(performance.now() - startMs);
    }
  }
  return [...timesMs].map(([line, values]) => ({
    line,
    medianMs: median(values),
    fastestMs: Math.min(...values),
    slowestMs: Math.max(...values),
  }));
};

/** The start-up times as a table for a terminal. */
export const formatStartUps = (startUps: readonly StartUp[]): string => {
  const table = new Table({
    head: ['start-up', 'median ms', 'fastest', 'slowest'],
    style: { head: [], border: [] },
  });
  for (const { line, medianMs, fastestMs, slowestMs } of startUps)
    table.push([line, ...[medianMs, fastestMs, slowestMs].map((value) => value.toFixed(0))]);
  return table.toString();
};

if (import.meta.main) console.log(formatStartUps(await measureStartUps(31)));
