import { describe, expect, it } from 'vitest';

import { isBlocked } from '#shared/clusters/model/snapshot-policy.ts';

/** Monday, 23 November 2026; Berlin is one hour ahead of UTC. */
const monday = (time: string) => new Date(`2026-11-23T${time}Z`);

describe('a span without savepoints', () => {
  it.each([
    ['08:00-10:00 UTC', '07:59', false],
    ['08:00-10:00 UTC', '08:00', true],
    ['08:00-10:00 UTC', '09:59', true],
    ['08:00-10:00 UTC', '10:00', false],
    ['08:00-10:00 Europe/Berlin', '07:30', true],
    ['Mon-Fri 08:00-10:00 UTC', '09:00', true],
    ['Tue-Fri 08:00-10:00 UTC', '09:00', false],
    ['Sat-Mon 08:00-10:00 UTC', '09:00', true],
    ['Mon 22:00-02:00 UTC', '23:00', true],
    ['Mon 22:00-02:00 UTC', '01:00', false],
    ['Sun 22:00-02:00 UTC', '01:00', true],
  ])('%s at %s on a Monday: %s', (window, time, expected) => {
    expect(isBlocked({ notBetween: [window] }, monday(time))).toBe(expected);
  });
});
