import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { Operation } from '#events/records/operation.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { type SnapshotPolicy, weekdays, windowPattern } from '#events/snapshot-policy.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import { isRestorable } from './snapshot.ts';

/** The time after which the next savepoints are due, in ISO 8601. */
export const computeDueAt = ({ every }: Pick<SnapshotPolicy, 'every'>, from: Date): string =>
  new Date(from.getTime() + parseDuration(every)).toISOString();

/** Whether a time is in a span in which the policy takes no savepoints. */
export const isBlocked = ({ notBetween = [] }: Pick<SnapshotPolicy, 'notBetween'>, at: Date): boolean =>
  notBetween.some((window) => isWithin(window, at));

/** A span that ends before it begins belongs to the day on which it begins. */
const isWithin = (window: string, at: Date): boolean => {
  const { first, last = first, from = '', to = '', zone = 'UTC' } = windowPattern.exec(window)?.groups ?? {};
  const { weekday, time } = toLocal(at, zone);
  const includes = (day: number) => first === undefined || isBetween(day, indexOf(first), indexOf(last ?? first));
  if (from < to) return includes(weekday) && time >= from && time < to;
  return (includes(weekday) && time >= from) || (includes((weekday + 6) % 7) && time < to);
};

/** Whether a day is in a range of days, which may go over the end of the week. */
const isBetween = (day: number, first: number, last: number): boolean =>
  first <= last ? day >= first && day <= last : day >= first || day <= last;

const indexOf = (day: string): number => weekdays.findIndex((one) => one === day);

const toLocal = (at: Date, timeZone: string) => {
  const options = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', options).formatToParts(at).map(({ type, value }) => [type, value]),
  );
  return { weekday: indexOf(parts.get('weekday') ?? ''), time: `${parts.get('hour')}:${parts.get('minute')}` };
};

const isOfPolicy = ({ trigger }: StoredSnapshot): boolean => trigger === 'schedule';

/** The running jobs of which the policy has no savepoint since the due time, and none is in progress. */
export const selectDueJobs = (
  jobs: readonly Job[],
  {
    snapshots,
    operations,
  }: { readonly snapshots: readonly StoredSnapshot[]; readonly operations: readonly Operation[] },
  dueAt: string,
): readonly Job[] => {
  const taken = snapshots.filter((one) => isOfPolicy(one) && one.createdAt >= dueAt);
  const open = operations.filter(({ kind }) => kind === 'savepoint' || kind === 'stop-job');
  const done = new Set([...taken, ...open].map(({ jobId }) => jobId));
  return jobs.filter(({ state, jobId }) => state === 'RUNNING' && !done.has(jobId));
};

/**
 * The savepoints of the policy that it does not keep, oldest first. They are counted by the names of jobs, because a job
 * that is started again has another ID. The newest one of each live job is kept as well, because jobs may share a name.
 *
 * @param snapshots Newest first.
 */
export const selectSurplus = (
  snapshots: readonly StoredSnapshot[],
  { keep, maxAge, jobs }: Pick<SnapshotPolicy, 'keep' | 'maxAge'> & { readonly jobs: readonly Job[] },
  now: Date,
): readonly StoredSnapshot[] => {
  const oldest = maxAge === undefined ? '' : new Date(now.getTime() - parseDuration(maxAge)).toISOString();
  const counts = new Map<string, number>();
  const withoutOne = new Set(jobs.filter((job) => !isTerminalJob(job)).map(({ jobId }) => jobId));
  const surplus = snapshots.filter((snapshot) => {
    if (!isOfPolicy(snapshot) || snapshot.kind !== 'savepoint' || !isRestorable(snapshot)) return false;
    const newer = counts.get(snapshot.jobName) ?? 0;
    counts.set(snapshot.jobName, newer + 1);
    if (withoutOne.delete(snapshot.jobId)) return false;
    return newer >= keep || (newer > 0 && snapshot.createdAt < oldest);
  });
  return surplus.toReversed();
};
