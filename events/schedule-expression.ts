/** What a field of a cron expression may hold. @see EventBridge Scheduler, "Schedule types": cron-based schedules */
export interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, from the smallest. */
  readonly names?: readonly string[];
  /** Other items, which a list may contain. */
  readonly special?: RegExp;
  /** Other values of the whole field. */
  readonly alone?: RegExp;
  /** Whether a range may pass the end, as the hours 20-2 do. */
  readonly wraps: boolean;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

export const cronFields: readonly CronField[] = [
  { name: 'minutes', min: 0, max: 59, wraps: true },
  { name: 'hours', min: 0, max: 23, wraps: true },
  {
    name: 'day-of-month',
    min: 1,
    max: 31,
    wraps: true,
    special: /^(L|L-([1-9]|[12]\d|30)|LW|([1-9]|[12]\d|3[01])W)$/,
    alone: /^\?$/,
  },
  { name: 'month', min: 1, max: 12, names: months, wraps: true },
  {
    name: 'day-of-week',
    min: 1,
    max: 7,
    names: weekdays,
    wraps: true,
    special: /^(L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)L)$/,
    // AWS allows one # in the field, and no list with it.
    alone: /^(\?|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5])$/,
  },
  { name: 'year', min: 1970, max: 2199, wraps: false },
];

const forms = 'Write cron(minutes hours day-of-month month day-of-week year), or rate(n minutes|hours|days).';

/**
 * What is wrong with an expression of EventBridge Scheduler, and what to write. Undefined: AWS documents the expression,
 * or does not say whether it is valid, as of L-3. The scheduler then decides.
 */
export const findExpressionError = (text: string): string | undefined => {
  if (text.startsWith('at(')) return `at(…) runs once, and a schedule repeats. ${forms}`;
  const [, kind, content = ''] = /^(cron|rate)\((.*)\)$/s.exec(text) ?? [];
  if (kind === 'rate') return findRateError(content);
  return kind === 'cron' ? findCronError(content) : `is neither a cron nor a rate expression. ${forms}`;
};

const findRateError = (content: string): string | undefined => {
  const [, count, unit = ''] = /^([1-9]\d{0,4}) (minute|hour|day)s?$/.exec(content) ?? [];
  if (count === undefined)
    return 'A rate is a whole number from 1 to 99999 with a unit: rate(1 hour), rate(2 hours), also minutes or days.';
  // AWS itself writes rate(1 days).
  const isValid = count === '1' || content.endsWith('s');
  return isValid ? undefined : `rate(${content}) needs the plural of the unit. Write rate(${count} ${unit}s).`;
};

const findCronError = (content: string): string | undefined => {
  const values = content.toUpperCase().split(' ');
  if (content.split(/\s+/).filter(Boolean).length === cronFields.length && values.length !== cronFields.length)
    return `Write one blank between the fields, and none around them: cron(${content.trim().split(/\s+/).join(' ')}).`;
  if (values.length !== cronFields.length || values.includes(''))
    return `A cron expression has ${cronFields.length} fields with one blank between them, this one has ${content.split(/\s+/).filter(Boolean).length}. ${forms}`;
  for (const [index, field] of cronFields.entries()) {
    const detail = findFieldError(values[index] ?? '', field);
    if (detail !== undefined) return `${field.name} is ${values[index] ?? ''}. ${detail}`;
  }
  const hasOneDay = (values[2] === '?') !== (values[4] === '?');
  return hasOneDay ? undefined : 'Write ? for exactly one of day-of-month and day-of-week.';
};

const findFieldError = (text: string, field: CronField): string | undefined => {
  if (field.alone?.test(text) === true) return undefined;
  for (const item of text.split(',')) {
    const detail = field.special?.test(item) === true ? undefined : findItemError(item, field);
    if (detail !== undefined) return detail;
  }
  return undefined;
};

const describe = ({ min, max, names, alone }: CronField): string => {
  const named = names === undefined ? '' : `, or ${names[0] ?? ''} to ${names.at(-1) ?? ''}`;
  return `Write * or values from ${min} to ${max}${named}, as a list (a,b), range (a-b) or step (a/n)${alone === undefined ? '' : '; ? for no day'}.`;
};

const findItemError = (item: string, field: CronField): string | undefined => {
  const { name, min, max, wraps } = field;
  const [, range = '', step = '1'] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  const ends = range === '*' ? [] : range.split('-').map((end) => readCronValue(end, field));
  const [from = min, to = max] = ends;
  const isInField = ends.length <= 2 && ends.every((end) => end !== undefined && end >= min && end <= max);
  if (range === '' || Number(step) === 0 || !isInField) return describe(field);
  if (from > to && !wraps) return `Write the smaller value first: ${to}-${from}.`;
  // Such a step never happens, because the field starts again before.
  const size = max - min + 1;
  if (Number(step) <= size) return undefined;
  return `A step of ${name} is at most ${size}. ${name === 'minutes' || name === 'hours' ? `Write rate(${step} ${name}) for a longer interval.` : 'Leave the step out.'}`;
};

/** The number that a value or a name stands for. Undefined: the field knows neither. */
export const readCronValue = (text: string, { names = [], min }: CronField): number | undefined => {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  const index = names.indexOf(text);
  return index === -1 ? undefined : index + min;
};
