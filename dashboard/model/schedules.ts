import type { ScheduleSelector } from '#events/schedule-text.ts';
import { listRunTimes } from '#events/schedule-times.ts';

import type { Schedule, ScheduleRun } from '../api/types.ts';

/** The words after `drey` that store a schedule with another `enabled`. */
export const toPutWords = ({ name, target, definition }: Schedule, enabled: boolean): readonly string[] => {
  const { action, expression, timezone, ...fields } = definition;
  const words = ['schedule', 'put', name, '--every', expression, '--timezone', timezone, `--${action}`];
  if ('spec' in fields) words.push(fields.spec);
  if ('parallelism' in fields) words.push(String(fields.parallelism));
  for (const [key, value] of Object.entries(fields)) words.push(...toOption(key, value));
  return [...words, ...(enabled ? [] : ['--disabled']), '--at', target];
};

/** Fields that are no options of their own. */
const otherFields = new Set(['enabled', 'spec', 'parallelism']);

const toOption = (key: string, value: unknown): readonly string[] => {
  if (otherFields.has(key)) return [];
  if (key === 'selector') return toSelectorOptions(value as ScheduleSelector); // The only field of this name.
  if (key === 'allowNonRestoredState') return value === true ? ['--allowNonRestoredState'] : [];
  return [`--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value)];
};

const toSelectorOptions = ({ labels, mode }: ScheduleSelector): readonly string[] => {
  const pairs = Object.entries(labels).map((pair) => pair.join('='));
  const words = [
    ...(pairs.length === 0 ? [] : ['--label', pairs.join(',')]),
    ...(mode === undefined ? [] : ['--mode', mode]),
  ];
  return words.length === 0 ? ['--all'] : words;
};

/** The coming times of a schedule that is not paused, in milliseconds. */
export const listNextRuns = (
  { definition, updatedAt }: Schedule,
  range: { readonly afterMs: number; readonly untilMs?: number; readonly max?: number },
  lastRun?: ScheduleRun,
): readonly number[] =>
  definition.enabled
    ? listRunTimes(definition, { ...range, rateStartMs: Date.parse(lastRun?.scheduledAt ?? updatedAt) })
    : [];

/** What a schedule does on a day of the calendar. */
export interface CalendarEntry {
  readonly schedule: Schedule;
  /** In milliseconds, earliest first. */
  readonly times: readonly number[];
}

/** A day in the zone of the reader. */
interface CalendarDay {
  /** Midnight of the reader, in milliseconds. */
  readonly dayMs: number;
  readonly entries: readonly CalendarEntry[];
}

/** The coming times of schedules by day, from today on. Days without any are left out. */
export const planDays = (schedules: readonly Schedule[], nowMs: number, days: number): readonly CalendarDay[] => {
  const untilMs = addDays(startOfDay(nowMs), days) - 1;
  const found = schedules.flatMap((schedule) =>
    [...Map.groupBy(listNextRuns(schedule, { afterMs: nowMs, untilMs }), startOfDay)].map(([dayMs, times]) => ({
      dayMs,
      entry: { schedule, times },
    })),
  );
  return [...Map.groupBy(found, ({ dayMs }) => dayMs)]
    .map(([dayMs, entries]) => ({
      dayMs,
      entries: entries.map(({ entry }) => entry).toSorted((one, other) => (one.times[0] ?? 0) - (other.times[0] ?? 0)),
    }))
    .toSorted((one, other) => one.dayMs - other.dayMs);
};

const startOfDay = (timeMs: number): number => new Date(timeMs).setHours(0, 0, 0, 0);

const addDays = (dayMs: number, days: number): number => {
  const date = new Date(dayMs);
  return date.setDate(date.getDate() + days);
};
