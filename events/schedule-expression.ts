/** What a field of a cron expression may hold. @see EventBridge Scheduler, "Schedule types": cron-based schedules */
interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, from the smallest. */
  readonly names?: readonly string[];
  /** Other items of the field. */
  readonly special?: RegExp;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const cronFields: readonly CronField[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day-of-month', min: 1, max: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', min: 1, max: 12, names: months },
  {
    name: 'day-of-week',
    min: 1,
    max: 7,
    names: weekdays,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: 'year', min: 1970, max: 2199 },
];

const forms = 'Write cron(minutes hours day-of-month month day-of-week year), or rate(n minutes|hours|days).';

/**
 * What is wrong with an expression of EventBridge Scheduler, and what to write. Undefined: the expression is valid, as
 * far as AWS documents it.
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
  const expected = `${count} ${unit}${count === '1' ? '' : 's'}`;
  return content === expected ? undefined : `rate(${content}) needs another form of the unit. Write rate(${expected}).`;
};

const findCronError = (content: string): string | undefined => {
  const values = content.toUpperCase().split(' ');
  if (content.split(/\s+/).filter(Boolean).length === cronFields.length && values.length !== cronFields.length)
    return `Write one blank between the fields, and none around them: cron(${content.trim().split(/\s+/).join(' ')}).`;
  if (values.length !== cronFields.length || values.includes(''))
    return `A cron expression has ${cronFields.length} fields with one blank between them, this one has ${content.split(/\s+/).filter(Boolean).length}. ${forms}`;
  const wrong = cronFields.find((field, index) => !isCronValue(values[index] ?? '', field));
  if (wrong !== undefined)
    return `${wrong.name} is ${values[cronFields.indexOf(wrong)] ?? ''}. Write ${describe(wrong)}.`;
  const hasOneDay = (values[2] === '?') !== (values[4] === '?');
  return hasOneDay ? undefined : 'Write ? for exactly one of day-of-month and day-of-week.';
};

const describe = ({ min, max, names, special }: CronField): string => {
  const named = names === undefined ? '' : `, or ${names[0] ?? ''} to ${names.at(-1) ?? ''}`;
  return `* or values from ${min} to ${max}${named}, as a list (a,b), range (a-b) or step (a/n)${special === undefined ? '' : '; ? for no day'}`;
};

const isCronValue = (text: string, field: CronField): boolean =>
  field.special?.test(text) === true || text.split(',').every((item) => isCronItem(item, field));

const isCronItem = (item: string, field: CronField): boolean => {
  const [, range = '', step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  if (range === '' || step === '0') return false;
  if (range === '*') return true;
  const ends = range.split('-').map((end) => readCronValue(end, field));
  return ends.length <= 2 && ends.every((end) => end !== undefined && end >= field.min && end <= field.max);
};

const readCronValue = (text: string, { names = [], min }: CronField): number | undefined => {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  const index = names.indexOf(text);
  return index === -1 ? undefined : index + min;
};
