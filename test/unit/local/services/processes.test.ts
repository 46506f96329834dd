import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ProgramFailed, run } from '#local/services/processes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drey-'));
});
afterAll(() => rm(folder, { recursive: true }));

const runShell = (script: string, log: string, onLine?: (line: string) => void) =>
  run('sh', ['-c', script], { log, env: process.env, onLine });

describe('a program', () => {
  it('appends its output to the log', async () => {
    const log = join(folder, 'log');

    await runShell('echo first', log);
    await runShell('echo second >&2', log);

    expect(await readFile(log, 'utf8')).toBe('first\nsecond\n');
  });

  it('passes on each line while it writes the log', async () => {
    const log = join(folder, 'lines');
    const lines: string[] = [];

    await runShell('echo first; sleep 0.1; echo second >&2; printf third', log, (line) => lines.push(line));

    expect(lines).toEqual(['first', 'second', 'third']);
    expect(await readFile(log, 'utf8')).toBe('first\nsecond\nthird\n');
  });

  it('fails with the last lines of its log', async () => {
    const failure = runShell('echo reason; exit 3', join(folder, 'failure'), () => {});

    await expect(failure).rejects.toMatchObject({ name: ProgramFailed.name, details: 'reason' });
  });
});
