import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { renderPages } from '#test/bench/model/pages.ts';
import type { ModelReport } from '#test/bench/model/report.ts';
import { countBars } from '#test/bench/bars.ts';

const root = join(import.meta.dirname, '../../..');
const args = ['test/bench/model/run.ts', '--sizes', '100', '--burst', '20', '--output', 'json'];
const timeoutMs = 120_000;

interface Ran {
  readonly code: number;
  readonly stdout: string;
}

const runModel = (): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });

describe('npm run bench:model', () => {
  let ran: Ran;
  let report: ModelReport;
  beforeAll(async () => {
    ran = await runModel();
    report = JSON.parse(ran.stdout) as ModelReport;
  }, timeoutMs);

  it('reports commands, growth and throughput', () => {
    expect(report.commands.map(({ command }) => command)).toEqual([
      'deploy',
      'deploy, target with limits',
      'submit',
      'list',
      'read of a cluster',
      'cancel',
      'stop',
    ]);
    expect(report.growth.map(({ size }) => size)).toEqual([0, 1_000, 100, 1_000, 100, 0, 20]);
    expect(report.throughput.every(({ perSecond }) => perSecond > 0)).toBe(true);
  });

  it('exits with 1 when a bar is missed, otherwise with 0', () => {
    expect(ran.code).toBe(report.bars.every(({ met }) => met) ? 0 : 1);
  });

  it.each(Object.keys(countBars))('meets the bar of %s', (name) => {
    const bar = report.bars.find((one) => one.name === name);

    expect(bar?.value).toBeLessThanOrEqual(bar?.max ?? Number.NaN);
  });

  it('finds the pages of docs as it would write them: npm run bench:model -- --write', async () => {
    for (const [path, text] of await renderPages(report))
      expect(await readFile(join(root, 'docs', path), 'utf8')).toBe(text);
  });
});
