import { describe, expect, it } from 'vitest';

import type { NamedTarget } from '#events/target.ts';
import { assertFitsTarget } from '#shared/clusters/model/quota.ts';

import { makeQueuedCommand, one, type Policy } from './fixture.ts';

describe('what would wait for ever', () => {
  const target = (policy: Policy) => ({ name: 'local', limits: {}, shares: {}, ...policy }) as unknown as NamedTarget;

  it('is refused, with what there is too little of', () => {
    expect(() =>
      assertFitsTarget(makeQueuedCommand({ demand: { ...one, cpu: 13 } }), target({ limits: { cpu: 12 } })),
    ).toThrow('Target local can never admit this command: its limit is 12 CPUs, and the command requests 13 CPUs.');
  });

  it('is refused for its team, too', () => {
    const shares = { etl: { memoryGibibytes: 1, weight: 1 } };

    expect(() => assertFitsTarget(makeQueuedCommand({ team: 'etl' }), target({ shares }))).toThrow(
      'the limit of team etl is 1 GiB of memory, and the command requests 2 GiB of memory.',
    );
  });
});
