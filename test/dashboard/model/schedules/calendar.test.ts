import { describe, expect, it, vi } from 'vitest';

import {
  addMonths,
  listDayRuns,
  planDays,
  planMonth,
  withoutPast,
} from '../../../../dashboard/model/schedules/calendar.ts';
import { makeSchedule } from '../../support/schedule-fixtures.ts';

/** A Monday. */
const nowMs = Date.parse('2026-11-30T12:00:00Z');
const evening = makeSchedule().definition;

describe('the list of coming runs', () => {
  it('has the days of the reader with the times of each schedule, earliest first', () => {
    const noon = makeSchedule({ name: 'noon', definition: { ...evening, expression: 'cron(0/30 13 * * ? *)' } });

    const days = planDays([makeSchedule(), noon], nowMs, 2);

    const shown = days.flatMap(({ entries }) =>
      entries.map(({ schedule, times }) => [schedule.name, ...times.map((time) => new Date(time).toISOString())]),
    );
    expect(shown).toEqual([
      ['noon', '2026-11-30T12:30:00.000Z'],
      ['evening', '2026-11-30T19:00:00.000Z'],
      ['noon', '2026-12-01T12:00:00.000Z', '2026-12-01T12:30:00.000Z'],
      ['evening', '2026-12-01T19:00:00.000Z'],
    ]);
  });

  it('has no run of a paused schedule', () => {
    const paused = makeSchedule({ definition: { ...evening, enabled: false } });
    expect(planDays([paused], nowMs, 31)).toEqual([]);
  });
});

describe('the calendar of coming runs', () => {
  const plan = (firstWeekday: number, monthMs = nowMs, schedules = [makeSchedule()]) =>
    planMonth(schedules, { monthMs, nowMs, firstWeekday });

  it.each([
    [1, '2026-10-26', '2026-12-06'],
    [7, '2026-11-01', '2026-12-05'],
    [6, '2026-10-31', '2026-12-04'],
  ])('has whole weeks that begin at weekday %i', (firstWeekday, first, last) => {
    const weeks = plan(firstWeekday);

    expect(weeks.map(({ length }) => length)).toEqual(weeks.map(() => 7));
    const toMidnight = (day: string) => new Date(`${day}T00:00:00`).getTime();
    expect([weeks[0]?.[0]?.dayMs, weeks.at(-1)?.[6]?.dayMs]).toEqual([toMidnight(first), toMidnight(last)]);
    expect(weeks.flat().filter(({ isInMonth }) => isInMonth)).toHaveLength(30);
  });

  it('has the coming runs of the month and of the days that fill its weeks, and none of the past', () => {
    const days = plan(1)
      .flat()
      .filter(({ entries }) => entries.length > 0);

    expect(days.map(({ dayMs, isInMonth }) => [new Date(dayMs).getDate(), isInMonth])).toEqual([
      [30, true],
      [1, false],
      [2, false],
      [3, false],
      [4, false],
    ]);
  });

  it('has each day of the following month once', () => {
    const days = plan(1, addMonths(nowMs, 3)).flat();

    expect(days.filter(({ isInMonth }) => isInMonth).map(({ dayMs }) => new Date(dayMs).getDate())).toEqual(
      Array.from({ length: 28 }, (_, index) => index + 1),
    );
    expect(days.filter(({ isInMonth, entries }) => isInMonth && entries.length > 0)).toHaveLength(20);
  });

  it('has no run of today that is over', () => {
    const later = (seconds: number) =>
      withoutPast(plan(1), Date.parse('2026-11-30T19:00:00Z') + seconds * 1_000)
        .flat()
        .flatMap((day) => listDayRuns(day).map(({ timeMs }) => new Date(timeMs).toISOString()));

    expect(later(-1)[0]).toBe('2026-11-30T19:00:00.000Z');
    expect(later(0)[0]).toBe('2026-12-01T19:00:00.000Z');
  });

  it('has the runs after a day that begins at one o’clock', () => {
    vi.stubEnv('TZ', 'America/Santiago'); // Its clocks go forward at midnight of Sunday, 2026-09-06.
    const septemberMs = Date.parse('2026-09-01T12:00:00Z');

    const weeks = planMonth([makeSchedule()], { monthMs: septemberMs, nowMs: septemberMs, firstWeekday: 7 });

    const days = weeks.flat().filter(({ isInMonth }) => isInMonth);
    expect(days).toHaveLength(30);
    expect(days.slice(5, 8).map(({ dayMs }) => new Date(dayMs).toISOString())).toEqual([
      '2026-09-06T04:00:00.000Z',
      '2026-09-07T03:00:00.000Z',
      '2026-09-08T03:00:00.000Z',
    ]);
    const weekdays = days.filter(({ dayMs }) => ![0, 6].includes(new Date(dayMs).getDay()));
    expect(weekdays.every(({ entries }) => entries.length === 1)).toBe(true);
    vi.unstubAllEnvs();
  });

  it('has the runs of a day in their order, with those of paused schedules', () => {
    const paused = makeSchedule({
      name: 'paused',
      definition: { ...evening, enabled: false, expression: 'cron(0 19,21 30 11 ? *)' },
    });

    const today = plan(1, nowMs, [makeSchedule(), paused])
      .flat()
      .find(({ entries }) => entries.length > 1);

    expect(
      today && listDayRuns(today).map(({ schedule, timeMs }) => [schedule.name, new Date(timeMs).toISOString()]),
    ).toEqual([
      ['paused', '2026-11-30T18:00:00.000Z'],
      ['evening', '2026-11-30T19:00:00.000Z'],
      ['paused', '2026-11-30T20:00:00.000Z'],
    ]);
  });
});
