import { expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { forEachConcurrently, isolate } from '#shared/clusters/ports/isolation.ts';
import { makeWorld } from '#test/fakes/world.ts';

it.each([
  { failures: [new Fault('limit-reached', 'AWS throttles'), new Fault('target-unreachable', 'no')], levels: 'WW' },
  { failures: [new Fault('limit-reached', 'AWS throttles'), new TypeError('x is undefined')], levels: 'WE' },
])('logs each failure of concurrent work at its own level: $levels', async ({ failures, levels }) => {
  const { ports } = makeWorld();
  const lines: string[] = [];
  const log = { ...ports.log, warn: () => lines.push('W'), error: () => lines.push('E') };
  const fail = async (failure: Error) => {
    throw failure;
  };

  await isolate({ message: 'work failed', fields: {}, ports: { ...ports, log } }, () =>
    forEachConcurrently(failures, fail),
  );

  expect(lines.join('')).toBe(levels);
});
