const unitsMs = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** The two largest units of a duration: `3 d 4 h`, `12 s`. A negative one is `0 s`. No line break divides a number and its unit. */
export const formatDuration = (durationMs: number): string => {
  const first = unitsMs.findIndex(([, unitMs]) => durationMs >= unitMs);
  if (first === -1) return '0\u00A0s';
  let restMs = durationMs;
  const parts = unitsMs.slice(first, first + 2).map(([unit, unitMs]) => {
    const count = Math.floor(restMs / unitMs);
    restMs -= count * unitMs;
    return count === 0 ? '' : `${count}\u00A0${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ');
};

/** How far a time is from now in its largest unit: `22 min ago`, `in 5 h`. */
export const formatDistance = (timeMs: number, nowMs: number): string => {
  const [largest = ''] = formatDuration(Math.abs(timeMs - nowMs)).split(' ');
  return timeMs > nowMs ? `in\u00A0${largest}` : `${largest}\u00A0ago`;
};

const local = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
});

/** `Dec 1, 2026, 2:09:50 AM UTC`, in the zone and the language of the reader. */
export const formatTime = (time: string): string => local.format(new Date(time));

/** `2026-11-30 18:05:10 UTC` */
export const formatUtc = (time: string): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' });

/** The hour and minute of a time in milliseconds, in the zone of the reader. */
export const formatClock = (timeMs: number): string => clock.format(timeMs);

/** `Monday, November 30, 2026`, in the zone of the reader. */
export const formatDay = (timeMs: number): string => day.format(timeMs);

const month = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });

/** `November 2026`, in the zone of the reader. */
export const formatMonth = (timeMs: number): string => month.format(timeMs);

/** `Nov 30`, in the zone of the reader. */
export const formatShortDay = (timeMs: number): string => shortDay.format(timeMs);

/** `Mon`, in the zone of the reader. */
export const formatWeekday = (timeMs: number): string => weekday.format(timeMs);

/** The first day of a week where the reader is, as of ISO 8601: 1 for Monday to 7 for Sunday. */
export const readFirstWeekday = (): number => {
  // TypeScript does not know the method yet, and some browsers do not have it.
  const locale: Intl.Locale & { getWeekInfo?: () => { readonly firstDay: number } } = new Intl.Locale(
    local.resolvedOptions().locale,
  );
  return locale.getWeekInfo?.().firstDay ?? 1;
};

/** A time in the zone of a schedule, with the name of the zone. Undefined: it is the zone of the reader. */
export const formatInZone = (timeMs: number, timeZone: string): string | undefined =>
  timeZone === readerZone()
    ? undefined
    : `${new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(timeMs)} ${timeZone}`;

/** The zone of the reader, as `Europe/Berlin`. */
export const readerZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;
