import { execa } from 'execa';
import { expect, it } from 'vitest';

const program = new URL('run.ts', import.meta.url).pathname;

/** As many as two processors run beside `outages`. All 10,000 of `npm run test:faults` take four times as long. */
const schedules = 2_500;

it(`the invariants hold on ${schedules} schedules with faults`, async () => {
  const command = [process.execPath, program, '--schedules', String(schedules)];
  // With a lower priority, so that the tests beside it are not late.
  const { exitCode, all } = await execa('nice', command, { all: true, reject: false });

  expect({ exitCode, all }).toEqual({ exitCode: 0, all: expect.stringContaining(`${schedules} schedules, `) });
});
