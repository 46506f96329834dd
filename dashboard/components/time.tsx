import { useEffect, useState } from 'react';

import { formatClock, formatDistance, formatDuration, formatTime, formatUtc } from '../model/time.ts';

interface TimeProps {
  /** ISO 8601. Absent: shows a dash. */
  readonly value: string | undefined;
}

/** A time in the zone of the reader. Hover shows UTC. */
export const Time = ({ value }: TimeProps) =>
  value === undefined ? (
    '–'
  ) : (
    <time dateTime={value} title={formatUtc(value)}>
      {formatTime(value)}
    </time>
  );

/** How far a time is from now. Hover shows the time in the zone of the reader and in UTC. */
export const RelativeTime = ({ value }: TimeProps) => {
  const nowMs = useNowMs(10_000);
  return value === undefined ? (
    '–'
  ) : (
    <time dateTime={value} title={`${formatTime(value)} (${formatUtc(value)})`}>
      {formatDistance(Date.parse(value), nowMs)}
    </time>
  );
};

/** The hour and minute of a time in milliseconds, in the zone of the reader. Hover shows UTC. */
export const ClockTime = ({ timeMs }: { readonly timeMs: number }) => {
  const value = new Date(timeMs).toISOString();
  return (
    <time dateTime={value} title={formatUtc(value)}>
      {formatClock(timeMs)}
    </time>
  );
};

/** The current time in milliseconds. It advances each second, or each `everyMs`. */
export const useNowMs = (everyMs = 1_000): number => {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
};

interface DurationProps {
  readonly from: string | undefined;
  /** Absent: now. */
  readonly to?: string | undefined;
}

/** The time between two times. Hover shows both. */
export const Duration = ({ from, to }: DurationProps) => {
  const nowMs = useNowMs(10_000);
  if (from === undefined) return '–';
  const title = to === undefined ? `since ${formatTime(from)}` : `${formatTime(from)} to ${formatTime(to)}`;
  return <span title={title}>{formatDuration((to === undefined ? nowMs : Date.parse(to)) - Date.parse(from))}</span>;
};
