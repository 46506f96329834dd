import { describe, expect, it } from 'vitest';

import type { NamedTarget } from '#events/records/target.ts';
import { assertFitsTarget } from '#shared/clusters/model/admission/quota.ts';

import { makeQueuedCommand, one, type Policy } from './fixture.ts';

describe('a command that exceeds the limits of its target on its own', () => {
  const target = (policy: Policy) => ({ name: 'local', limits: {}, shares: {}, ...policy }) as unknown as NamedTarget;

  it('is rejected with the exceeded limit', () => {
    expect(() =>
      assertFitsTarget(makeQueuedCommand({ demand: { ...one, cpu: 13 } }), target({ limits: { cpu: 12 } })),
    ).toThrow('Target local can never admit this command: its limit is 12 CPUs, and the command requests 13 CPUs.');
  });

  it('is rejected for the limits of its team', () => {
    const shares = { etl: { memoryGibibytes: 1, weight: 1 } };

    expect(() => assertFitsTarget(makeQueuedCommand({ team: 'etl' }), target({ shares }))).toThrow(
      'the limit of team etl is 1 GiB of memory, and the command requests 2 GiB of memory.',
    );
  });
});
