import type { ScheduleSelector } from '#events/schedule-text.ts';
import { listRunTimes } from '#events/schedule-times.ts';

import type { Schedule, ScheduleRun } from '../../api/types.ts';

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

interface Range {
  readonly afterMs: number;
  readonly untilMs?: number;
  readonly max?: number;
}

/** The coming times of a schedule that is not paused, in milliseconds. */
export const listNextRuns = (schedule: Schedule, range: Range, lastRun?: ScheduleRun): readonly number[] =>
  schedule.definition.enabled ? listTimes(schedule, range, lastRun) : [];

/** The coming times of a schedule in milliseconds. A paused one runs at none of them unless it is resumed. */
export const listTimes = (
  { definition, updatedAt }: Schedule,
  range: Range,
  lastRun?: ScheduleRun,
): readonly number[] =>
  listRunTimes(definition, { ...range, rateStartMs: Date.parse(lastRun?.scheduledAt ?? updatedAt) });
