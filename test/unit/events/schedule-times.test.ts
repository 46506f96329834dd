import { describe, expect, it } from 'vitest';

import { listRunTimes } from '#events/schedule-times.ts';

/** Monday. */
const start = '2026-11-30T12:00:00Z';

const list = (expression: string, { timezone = 'UTC', after = start, count = 3, rateStart = start } = {}) =>
  listRunTimes(
    { expression, timezone },
    { afterMs: Date.parse(after), max: count, rateStartMs: Date.parse(rateStart) },
  ).map((time) => new Date(time).toISOString().slice(0, 16));

describe('the times of a schedule', () => {
  it.each([
    ['cron(0 20 ? * MON-FRI *)', ['2026-11-30T20:00', '2026-12-01T20:00', '2026-12-02T20:00']],
    ['cron(0 12 * * ? *)', ['2026-12-01T12:00', '2026-12-02T12:00', '2026-12-03T12:00']],
    ['cron(0/25 8,13 * * ? *)', ['2026-11-30T13:00', '2026-11-30T13:25', '2026-11-30T13:50']],
    ['cron(30 22-1 * * ? *)', ['2026-11-30T22:30', '2026-11-30T23:30', '2026-12-01T00:30']],
    ['cron(0 0 L * ? *)', ['2026-12-31T00:00', '2027-01-31T00:00', '2027-02-28T00:00']],
    ['cron(0 0 L-3 FEB ? *)', ['2027-02-25T00:00', '2028-02-26T00:00', '2029-02-25T00:00']],
    ['cron(0 0 LW * ? *)', ['2026-12-31T00:00', '2027-01-29T00:00', '2027-02-26T00:00']],
    ['cron(0 0 15W * ? *)', ['2026-12-15T00:00', '2027-01-15T00:00', '2027-02-15T00:00']],
    ['cron(0 0 1W MAY ? *)', ['2027-05-03T00:00', '2028-05-01T00:00', '2029-05-01T00:00']],
    ['cron(0 0 1,L * ? *)', ['2026-12-01T00:00', '2026-12-31T00:00', '2027-01-01T00:00']],
    ['cron(0 8 ? * 2#1 *)', ['2026-12-07T08:00', '2027-01-04T08:00', '2027-02-01T08:00']],
    ['cron(0 8 ? * FRIL *)', ['2026-12-25T08:00', '2027-01-29T08:00', '2027-02-26T08:00']],
    ['cron(0 8 ? * L *)', ['2026-12-05T08:00', '2026-12-12T08:00', '2026-12-19T08:00']],
    ['cron(0 8 ? * FRI-SUN *)', ['2026-12-04T08:00', '2026-12-05T08:00', '2026-12-06T08:00']],
    ['cron(0 0 29 2 ? *)', ['2028-02-29T00:00', '2032-02-29T00:00', '2036-02-29T00:00']],
    ['cron(0 8 1 1 ? 2026-2027)', ['2027-01-01T08:00']],
    ['cron(0 8 * * ? 2020)', []],
  ])('of %s', (expression, times) => {
    expect(list(expression)).toEqual(times);
  });

  it('are those of the time zone', () => {
    expect(list('cron(0 20 ? * MON *)', { timezone: 'Asia/Kolkata' })[0]).toBe('2026-11-30T14:30');
    // In Auckland it is Tuesday, 01:00, already.
    expect(list('cron(0 1 ? * TUE *)', { timezone: 'Pacific/Auckland' })[0]).toBe('2026-12-07T12:00');
  });

  it('keep the local time when the clock changes', () => {
    const berlin = { timezone: 'Europe/Berlin', after: '2027-03-27T12:00:00Z' };
    expect(list('cron(0 7 * * ? *)', berlin)).toEqual(['2027-03-28T05:00', '2027-03-29T05:00', '2027-03-30T05:00']);
    expect(list('cron(0 7 * * ? *)', { ...berlin, after: '2027-03-26T12:00:00Z' })[0]).toBe('2027-03-27T06:00');
  });

  it('leave out a local time that does not exist', () => {
    const times = list('cron(30 2 * * ? *)', { timezone: 'Europe/Berlin', after: '2027-03-27T12:00:00Z' });
    expect(times[0]).toBe('2027-03-29T00:30');
  });

  it('contain a local time that exists twice once', () => {
    const times = list('cron(30 2 * * ? *)', { timezone: 'Europe/Berlin', after: '2027-10-30T12:00:00Z' });
    expect(times.slice(0, 2)).toEqual(['2027-10-31T00:30', '2027-11-01T01:30']);
  });

  it('end at the end of the range', () => {
    const times = listRunTimes(
      { expression: 'cron(0 * * * ? *)', timezone: 'UTC' },
      { afterMs: Date.parse(start), untilMs: Date.parse('2026-11-30T14:00:00Z'), rateStartMs: 0 },
    );
    expect(times).toEqual([Date.parse('2026-11-30T13:00:00Z'), Date.parse('2026-11-30T14:00:00Z')]);
  });

  it('of a rate follow its start', () => {
    expect(list('rate(2 hours)', { rateStart: '2026-11-29T07:10:00Z' })).toEqual([
      '2026-11-30T13:10',
      '2026-11-30T15:10',
      '2026-11-30T17:10',
    ]);
    expect(list('rate(1 day)', { rateStart: '2026-11-30T12:00:00Z', count: 1 })).toEqual(['2026-12-01T12:00']);
  });
});
