import { describe, expect, it } from 'vitest';

import { formatDuration, formatTime, formatUtc } from '../../../dashboard/model/time.ts';

describe('formatDuration', () => {
  it.each([
    [-5, '0 s'],
    [999, '0 s'],
    [12_000, '12 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h'],
    [90_061_000, '1 d 1 h'],
  ])('%i ms is %s', (durationMs, expected) => {
    expect(formatDuration(durationMs)).toBe(expected);
  });
});

it('formatTime has the short name of the zone', () => {
  const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' })
    .formatToParts(new Date('2026-12-01T02:09:50Z'))
    .find(({ type }) => type === 'timeZoneName')?.value;
  expect(formatTime('2026-12-01T02:09:50Z')).toContain(zone);
  expect(formatTime('2026-12-01T02:09:50Z')).toContain('09:50');
});

describe('formatUtc', () => {
  it('names the zone', () => {
    expect(formatUtc('2026-11-30T18:05:10.123Z')).toBe('2026-11-30 18:05:10 UTC');
  });
});
