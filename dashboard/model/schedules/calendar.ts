import type { Schedule } from '../../api/types.ts';
import { listNextRuns, listTimes } from './schedules.ts';

/** What a schedule does on a day. */
export interface DayEntry {
  readonly schedule: Schedule;
  /** In milliseconds, earliest first. */
  readonly times: readonly number[];
}

/** A day in the zone of the reader. */
export interface ScheduleDay {
  /** Midnight of the reader, in milliseconds. */
  readonly dayMs: number;
  /** The schedule with the earliest time first. */
  readonly entries: readonly DayEntry[];
}

/** The coming times of schedules that are not paused, by day from today on. Days without any are left out. */
export const planDays = (schedules: readonly Schedule[], nowMs: number, days: number): readonly ScheduleDay[] => {
  const untilMs = addDays(startOfDay(nowMs), days) - 1;
  return groupByDay(schedules, (schedule) => listNextRuns(schedule, { afterMs: nowMs, untilMs }));
};

interface MonthOptions {
  /** Any time of the month, in milliseconds. */
  readonly monthMs: number;
  readonly nowMs: number;
  /** As of ISO 8601: 1 for Monday to 7 for Sunday. */
  readonly firstWeekday: number;
}

export interface MonthDay extends ScheduleDay {
  /** False: the day fills the first or the last week. */
  readonly isInMonth: boolean;
}

const daysOfWeek = 7;

/**
 * The weeks of a month with the coming times of all schedules. Each week has seven days. Those of a paused schedule are
 * included, and the past has none.
 */
export const planMonth = (
  schedules: readonly Schedule[],
  { monthMs, nowMs, firstWeekday }: MonthOptions,
): readonly (readonly MonthDay[])[] => {
  const firstMs = startOfMonth(monthMs);
  const nextMs = addMonths(firstMs, 1);
  const firstDayMs = addDays(firstMs, -((new Date(firstMs).getDay() - firstWeekday + 2 * daysOfWeek) % daysOfWeek));
  const weekStarts: number[] = [];
  for (let weekMs = firstDayMs; weekMs < nextMs; weekMs = addDays(weekMs, daysOfWeek)) weekStarts.push(weekMs);
  const endMs = addDays(firstDayMs, weekStarts.length * daysOfWeek);
  const range = { afterMs: Math.max(nowMs, firstDayMs - 1), untilMs: endMs - 1 };
  const found = new Map(
    groupByDay(schedules, (schedule) => listTimes(schedule, range)).map(({ dayMs, entries }) => [dayMs, entries]),
  );
  return weekStarts.map((weekMs) =>
    Array.from({ length: daysOfWeek }, (_, index) => {
      const dayMs = addDays(weekMs, index);
      return { dayMs, isInMonth: dayMs >= firstMs && dayMs < nextMs, entries: found.get(dayMs) ?? [] };
    }),
  );
};

/** The weeks of a month without the times of today that are over, so that the month is planned once a day. */
export const withoutPast = (
  weeks: readonly (readonly MonthDay[])[],
  nowMs: number,
): readonly (readonly MonthDay[])[] => {
  const todayMs = startOfDay(nowMs);
  const isComing = (timeMs: number) => timeMs > nowMs;
  const shorten = (day: MonthDay): MonthDay => ({
    ...day,
    entries: day.entries
      .map(({ schedule, times }) => ({ schedule, times: times.filter(isComing) }))
      .filter(({ times }) => times.length > 0),
  });
  return weeks.map((days) => days.map((day) => (day.dayMs === todayMs ? shorten(day) : day)));
};

/** A time at which a schedule runs. */
export interface DayRun {
  readonly schedule: Schedule;
  /** The first one of several. */
  readonly timeMs: number;
  readonly count: number;
}

/** Runs of a schedule that runs more often on a day share one line, so that other schedules stay visible. */
const maxSeparateTimes = 2;

/** The runs of a day, earliest first. */
export const listDayRuns = ({ entries }: ScheduleDay): readonly DayRun[] =>
  entries
    .flatMap(({ schedule, times }) =>
      times.length > maxSeparateTimes
        ? times.slice(0, 1).map((timeMs) => ({ schedule, timeMs, count: times.length }))
        : times.map((timeMs) => ({ schedule, timeMs, count: 1 })),
    )
    .toSorted((one, other) => one.timeMs - other.timeMs);

/** Midnight of the first day of a month, some months later, in the zone of the reader. */
export const addMonths = (monthMs: number, months: number): number => {
  const date = new Date(startOfMonth(monthMs));
  return startOfDay(date.setMonth(date.getMonth() + months));
};

/** Midnight, or one o'clock on the day on which the clock of the zone goes forward at midnight. */
export const startOfDay = (timeMs: number): number => new Date(timeMs).setHours(0, 0, 0, 0);

export const startOfMonth = (timeMs: number): number => startOfDay(new Date(timeMs).setDate(1));

const addDays = (dayMs: number, days: number): number => {
  const date = new Date(dayMs);
  return startOfDay(date.setDate(date.getDate() + days));
};

const groupByDay = (
  schedules: readonly Schedule[],
  list: (schedule: Schedule) => readonly number[],
): readonly ScheduleDay[] => {
  const found = schedules.flatMap((schedule) =>
    [...Map.groupBy(list(schedule), startOfDay)].map(([dayMs, times]) => ({ dayMs, entry: { schedule, times } })),
  );
  return [...Map.groupBy(found, ({ dayMs }) => dayMs)]
    .map(([dayMs, entries]) => ({
      dayMs,
      entries: entries.map(({ entry }) => entry).toSorted((one, other) => (one.times[0] ?? 0) - (other.times[0] ?? 0)),
    }))
    .toSorted((one, other) => one.dayMs - other.dayMs);
};
