import { type CronField, cronFields, readCronValue } from './schedule-expression.ts';

interface Timing {
  /** A valid cron or rate expression of EventBridge Scheduler. */
  readonly expression: string;
  /** IANA name of the zone that a cron expression is in. */
  readonly timezone: string;
}

const dayMs = 86_400_000;
const unitsMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: dayMs };

/** A cron expression that has no time in so many days, such as one of a year in the past, has none. */
const maxDays = 3_660;

interface Range {
  readonly afterMs: number;
  /** Default: no end. */
  readonly untilMs?: number;
  /** Maximum number of times. Default: no maximum. */
  readonly max?: number;
  /** A time at which a rate ran or began. */
  readonly rateStartMs: number;
}

/**
 * The times at which a schedule runs, earliest first, in milliseconds. Give `untilMs` or `max`: those of a rate never end.
 *
 * In daylight saving time they are as AWS documents: a local time that does not exist is left out, and one that exists
 * twice counts once, the first time.
 */
export const listRunTimes = (
  timing: Timing,
  { afterMs, untilMs = Infinity, max = Infinity, rateStartMs }: Range,
): readonly number[] => {
  const times: number[] = [];
  for (const time of findRunTimes(timing, afterMs, rateStartMs)) {
    if (time > untilMs || times.length >= max) break;
    times.push(time);
  }
  return times;
};

const findRunTimes = ({ expression, timezone }: Timing, afterMs: number, rateStartMs: number) => {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  return count === undefined
    ? findCronTimes(expression, timezone, afterMs)
    : findRateTimes(Number(count) * (unitsMs[unit] ?? dayMs), afterMs, rateStartMs);
};

function* findRateTimes(intervalMs: number, afterMs: number, startMs: number): Generator<number, void> {
  const passed = Math.max(0, Math.floor((afterMs - startMs) / intervalMs));
  for (let next = startMs + (passed + 1) * intervalMs; ; next += intervalMs) yield next;
}

function* findCronTimes(expression: string, timezone: string, afterMs: number): Generator<number, void> {
  const isDay = createDayFilter(splitCron(expression));
  const [minutes, hours] = splitCron(expression).map((text, index) => expandField(text, index));
  const readOffset = createOffsetReader(timezone);
  const firstDayMs = Math.floor((afterMs + readOffset(afterMs)) / dayMs) * dayMs;
  for (let day = 0; day < maxDays; day += 1) {
    const localDayMs = firstDayMs + day * dayMs;
    if (!isDay(new Date(localDayMs))) continue;
    const toInstant = createClock(localDayMs, readOffset);
    const times = (hours ?? []).flatMap((hour) =>
      (minutes ?? []).map((minute) => toInstant(localDayMs + hour * 3_600_000 + minute * 60_000)),
    );
    yield* times
      .filter((time): time is number => time !== undefined && time > afterMs)
      .toSorted((one, other) => one - other);
  }
}

const splitCron = (expression: string): readonly string[] =>
  expression.slice('cron('.length, -1).toUpperCase().split(' ');

/** The numbers of a field, smallest first. Items that are none, such as `L`, are left out. */
const expandField = (text: string, index: number): readonly number[] => {
  const field = cronFields[index];
  if (field === undefined) return [];
  return [...new Set(text.split(',').flatMap((item) => expandItem(item, field)))].toSorted((one, other) => one - other);
};

const expandItem = (item: string, field: CronField): readonly number[] => {
  const { min, max } = field;
  const [range = '', step] = item.split('/');
  const ends = range === '*' ? [min, max] : range.split('-').map((end) => readCronValue(end, field));
  const [from, to = step === undefined ? from : max] = ends;
  if (from === undefined || to === undefined) return [];
  const size = max - min + 1;
  const last = to < from ? to + size : to; // A range may pass the end.
  const count = Math.floor((last - from) / Number(step ?? 1)) + 1;
  return Array.from({ length: count }, (_, position) => min + ((from - min + position * Number(step ?? 1)) % size));
};

/** Whether a cron expression includes a day. The fields of the date in UTC are those of the local day. */
const createDayFilter = (fields: readonly string[]): ((date: Date) => boolean) => {
  const [, , days = '?', , weekdays = '?'] = fields;
  const sets = fields.map((text, index) => new Set(expandField(text, index)));
  return (date) => {
    const isYearMonth = sets[5]?.has(date.getUTCFullYear()) === true && sets[3]?.has(date.getUTCMonth() + 1) === true;
    if (!isYearMonth) return false;
    return weekdays === '?'
      ? sets[2]?.has(date.getUTCDate()) === true || days.split(',').some((item) => isSpecialDay(item, date))
      : sets[4]?.has(date.getUTCDay() + 1) === true || weekdays.split(',').some((item) => isSpecialWeekday(item, date));
  };
};

const countDays = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();

/** `L`: the last day of the month, `L-3`: three days before, `15W`: the weekday that is nearest to the 15th, `LW`: the last weekday. */
const isSpecialDay = (item: string, date: Date): boolean => {
  const last = countDays(date);
  const [, before = '0'] = /^L(?:-(\d+))?$/.exec(item) ?? [];
  if (/^L(-\d+)?$/.test(item)) return date.getUTCDate() === last - Number(before);
  const [, near] = /^(L|\d+)W$/.exec(item) ?? [];
  if (near === undefined) return false;
  const day = near === 'L' ? last : Number(near);
  return day <= last && date.getUTCDate() === findNearestWeekday(date, day, last);
};

/** The nearest day from Monday to Friday in the same month. */
const findNearestWeekday = (date: Date, day: number, last: number): number => {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === last ? day - 2 : day + 1;
  return day;
};

/** `L`: the last day of the week, `6L`: the last Friday of the month, `6#2`: the second one. */
const isSpecialWeekday = (item: string, date: Date): boolean => {
  const field = cronFields[4];
  const weekday = date.getUTCDay() + 1;
  if (item === 'L') return weekday === field?.max;
  const [, name = '', kind, nth] = /^(\w+?)(L|#)([1-5])?$/.exec(item) ?? [];
  if (field === undefined || kind === undefined || readCronValue(name, field) !== weekday) return false;
  const day = date.getUTCDate();
  return kind === 'L' ? day > countDays(date) - 7 : Math.ceil(day / 7) === Number(nth);
};

/** The distance of the local time from UTC at a time, in milliseconds. */
const createOffsetReader = (timezone: string): ((timeMs: number) => number) => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' });
  return (timeMs) => {
    const name = format.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d+):(\d+)(?::(\d+))?$/.exec(name) ?? [];
    const offsetMs = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000;
    return sign === '-' ? -offsetMs : offsetMs;
  };
};

/** Local times of a day as times. Undefined: the clock is put forward over the local time. */
const createClock = (
  localDayMs: number,
  readOffset: (timeMs: number) => number,
): ((localMs: number) => number | undefined) => {
  const offsets = [...new Set([readOffset(localDayMs - dayMs), readOffset(localDayMs + 2 * dayMs)])];
  return (localMs) => {
    const times = offsets.map((offsetMs) => localMs - offsetMs).toSorted((one, other) => one - other);
    return offsets.length === 1 ? times[0] : times.find((time) => time + readOffset(time) === localMs);
  };
};
