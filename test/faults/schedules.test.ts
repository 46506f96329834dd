import { execa } from 'execa';
import { expect, it } from 'vitest';

const program = new URL('run.ts', import.meta.url).pathname;

it('the invariants hold on 10,000 schedules with faults', async () => {
  // With a lower priority, so that the tests beside it are not late.
  const { exitCode, all } = await execa('nice', [process.execPath, program], { all: true, reject: false });

  expect({ exitCode, all }).toEqual({ exitCode: 0, all: expect.stringContaining('10000 schedules, ') });
});
