import { describe, expect, it } from 'vitest';

import { formatDistance, formatDuration, formatTime, formatUtc } from '../../../dashboard/model/time.ts';

describe('formatDuration', () => {
  it.each([
    [-5, '0_s'],
    [999, '0_s'],
    [12_000, '12_s'],
    [61_000, '1_min 1_s'],
    [3_600_000, '1_h'],
    [90_061_000, '1_d 1_h'],
  ])('%i ms is %s', (durationMs, expected) => {
    expect(formatDuration(durationMs).replaceAll('\u00A0', '_')).toBe(expected);
  });
});

describe('formatDistance', () => {
  it.each([
    [0, '0_s_ago'],
    [-1_360_000, '22_min_ago'],
    [18_000_000, 'in_5_h'],
  ])('%i ms from now is %s', (distanceMs, expected) => {
    expect(formatDistance(1_000_000_000 + distanceMs, 1_000_000_000).replaceAll('\u00A0', '_')).toBe(expected);
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
