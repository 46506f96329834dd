import { execFile } from 'node:child_process';
import { dirname } from 'node:path';

import { expect, it } from 'vitest';

import type { Report } from '#test/bench/report.ts';
import { rowNames } from '#test/bench/rows.ts';

import { system } from '../support/system.ts';

/** Without the load of the queue, which changes the limits of the target that other tests use. */
const options = [
  '--rounds',
  '1',
  '--warm-ups',
  '0',
  '--warm-calls',
  '0',
  '--start-ups',
  '1',
  '--queue',
  '0',
  '--output',
  'json',
];

it('npm run bench measures each row, and its exit code says whether a bar is missed', async () => {
  const args = ['test/bench/run.ts', ...options, '--state', dirname(system.eventsFile)];
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
  if (stdout === '') throw new Error(stderr);
  const report = JSON.parse(stdout) as Report;

  expect(report.rows.map(({ row, n }) => [row, n])).toEqual(rowNames.map((row) => [row, 1]));
  expect(report.bundles.every(({ bytes }) => bytes > 0)).toBe(true);
  expect(report.imports.deploy.peakMebibytes).toBeGreaterThan(0);
  expect(code).toBe(report.bars.every(({ met }) => met) ? 0 : 1);
});
