import type { Cluster } from '#events/cluster.ts';
import type { ExtendData } from '#events/commands/index.ts';
import type { ClusterLifetime, Idleness, Lifetime } from '#events/lifetime.ts';
import { Fault, type FieldError } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import type { LifetimeWarning } from '#events/transitions.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import type { Change } from './records.ts';
import type { Versioned } from './versioned.ts';

/**
 * Looks come each minute, and one may be late. Where more time than this lies between two of them, nobody knows what
 * was between them, and idle time begins anew.
 */
const maxObservationGapMs = 110_000;

/**
 * What a cluster is born with: what its deploy asked for, within what its target allows. It begins to count when the
 * cluster starts.
 *
 * @throws Fault `malformed-request` for what cannot be meant, `over-limit` for what the target does not allow.
 */
export const newLifetime = (
  asked: Lifetime | undefined,
  { mode, target, now }: { readonly mode: string; readonly target: NamedTarget; readonly now: Date },
): ClusterLifetime | undefined => {
  if (asked === undefined) return target.maxAge === undefined ? undefined : { ...ofTarget, version: 1 };
  check(asked, { mode, target, startedAt: now, now }, '/lifetime');
  const until = asked.until === undefined ? {} : { until: new Date(asked.until).toISOString() };
  return { ...asked, ...until, version: 1 };
};

/** Of a cluster that has an end only because its target sets one. */
const ofTarget = { savepoint: 'none', ha: 'keep', warnBefore: '10min' } as const;

/** The lifetime of a cluster that starts now. */
export const startLifetime = (
  lifetime: ClusterLifetime | undefined,
  now: Date,
  target: NamedTarget,
): ClusterLifetime | undefined =>
  lifetime === undefined
    ? undefined
    : withEnd({ ...lifetime, startedAt: now.toISOString() }, { ttlFrom: now, startedAt: now, target });

/**
 * The lifetime behind an `extend`: what it leaves out stays, and a new end takes the place of the old one.
 *
 * @throws Fault `malformed-request`, `over-limit`
 */
export const extendLifetime = (cluster: Cluster, data: ExtendData, target: NamedTarget, now: Date): ClusterLifetime => {
  const startedAt = new Date(cluster.lifetime?.startedAt ?? cluster.createdAt);
  check(data, { mode: cluster.mode, target, startedAt, now }, '');
  const {
    ttl,
    until,
    endsAt,
    version,
    scheduledVersion,
    warnedVersion: _warned,
    idle: _idle,
    ...kept
  } = cluster.lifetime ?? { ...ofTarget, version: 0 };
  const hasNewEnd = data.ttl !== undefined || data.until !== undefined;
  const { until: newUntil, ...given } = present(data);
  const next: ClusterLifetime = {
    ...kept,
    ...(hasNewEnd ? {} : present({ ttl, until, endsAt })),
    ...given,
    ...(newUntil === undefined ? {} : { until: new Date(newUntil).toISOString() }),
    ...(scheduledVersion === undefined ? {} : { scheduledVersion }),
    startedAt: startedAt.toISOString(),
    version: version + 1,
  };
  return hasNewEnd || endsAt === undefined ? withEnd(next, { ttlFrom: now, startedAt, target }) : next;
};

const present = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // Dropping the undefined values is what makes the type hold.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

interface Bounds {
  readonly ttlFrom: Date;
  readonly startedAt: Date;
  readonly target: NamedTarget;
}

/** The end is the earliest of what there is: ttl, until, and the oldest that the target lets a cluster get. */
const withEnd = (lifetime: ClusterLifetime, { ttlFrom, startedAt, target }: Bounds): ClusterLifetime => {
  const times = [
    ...(lifetime.ttl === undefined ? [] : [later(ttlFrom, lifetime.ttl)]),
    ...(lifetime.until === undefined ? [] : [lifetime.until]),
    ...(target.maxAge === undefined ? [] : [later(startedAt, target.maxAge)]),
  ];
  const endsAt = times.toSorted()[0];
  return endsAt === undefined ? lifetime : { ...lifetime, endsAt };
};

const later = (time: Date, duration: string) => new Date(time.getTime() + parseDuration(duration)).toISOString();

interface Circumstances {
  readonly mode: string;
  readonly target: NamedTarget;
  readonly startedAt: Date;
  readonly now: Date;
}

const check = (
  { ttl, until, idleAfter }: Pick<ExtendData, 'ttl' | 'until' | 'idleAfter'>,
  { mode, target, startedAt, now }: Circumstances,
  pointer: string,
): void => {
  if (idleAfter !== undefined && mode === 'application')
    throw refused('malformed-request', {
      pointer: `${pointer}/idleAfter`,
      detail: 'an application ends with its program',
    });
  if (until !== undefined && Date.parse(until) <= now.getTime())
    throw refused('malformed-request', { pointer: `${pointer}/until`, detail: `${until} is over` });
  if (target.maxAge === undefined) return;
  const latest = later(startedAt, target.maxAge);
  const tooLate = (at: string) => Date.parse(at) > Date.parse(latest);
  const wrong = [
    ...(ttl !== undefined && tooLate(later(now, ttl)) ? ['ttl'] : []),
    ...(until !== undefined && tooLate(until) ? ['until'] : []),
  ];
  const detail = `target ${target.name} lets no cluster get older than ${target.maxAge}: it ends by ${latest}`;
  if (wrong.length > 0)
    throw refused('over-limit', ...wrong.map((member) => ({ pointer: `${pointer}/${member}`, detail })));
};

const refused = (code: 'malformed-request' | 'over-limit', ...errors: readonly FieldError[]) =>
  new Fault(code, errors.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; '), { errors });

/** Whether its end has come. */
export const isOverdue = ({ endsAt }: Pick<ClusterLifetime, 'endsAt'>, now: Date): boolean =>
  endsAt !== undefined && Date.parse(endsAt) <= now.getTime();

/** When its end has to be told of, unless that is not wanted. */
export const warningTime = ({ endsAt, warnBefore }: ClusterLifetime): Date | undefined => {
  const beforeMs = parseDuration(warnBefore);
  return endsAt === undefined || beforeMs === 0 ? undefined : new Date(Date.parse(endsAt) - beforeMs);
};

/** Whether the end of this version is to be told of now. */
export const isWarningDue = (lifetime: ClusterLifetime, now: Date): boolean => {
  const at = warningTime(lifetime);
  return at !== undefined && lifetime.warnedVersion !== lifetime.version && at <= now && !isOverdue(lifetime, now);
};

/** What a look at a session came to: `live`: a job lives; `none`: Flink said that none does; else it did not say. */
export type Seen = 'live' | 'none' | 'unknown';

/** The idle time of a session behind a look at it. Only where Flink answered each time it goes on. */
export const nextIdleness = (idle: Idleness | undefined, seen: Seen, now: Date): Idleness | undefined => {
  if (seen !== 'none') return undefined;
  const seenAt = now.toISOString();
  return idle === undefined || now.getTime() - Date.parse(idle.seenAt) > maxObservationGapMs
    ? { since: seenAt, seenAt }
    : { ...idle, seenAt };
};

/**
 * What a submit writes of its session: that it is not idle. Whoever ends it for that at the same time writes the same
 * record, so that one of the two finds the other's. A session without idle time is not written, and not contended for.
 */
export const clearIdle = ({ value, version }: Versioned<Cluster>): Pick<Change, 'cluster'> => {
  if (value.state !== 'RUNNING' || value.lifetime?.idle === undefined) return {};
  const { idle: _idle, ...lifetime } = value.lifetime;
  return { cluster: { value: { ...value, lifetime }, previous: version } };
};

/** When a session that stays idle ends. */
export const idleEnd = ({ idle, idleAfter }: ClusterLifetime): Date | undefined =>
  idle === undefined || idleAfter === undefined
    ? undefined
    : new Date(Date.parse(idle.since) + parseDuration(idleAfter));

/** Whether the end of an idle session is to be told of now. */
export const isIdleWarningDue = (lifetime: ClusterLifetime, now: Date): boolean => {
  const end = idleEnd(lifetime);
  const beforeMs = parseDuration(lifetime.warnBefore);
  if (end === undefined || beforeMs === 0 || lifetime.idle?.warned === true) return false;
  return end.getTime() - beforeMs <= now.getTime() && now < end;
};

/** What is told of a cluster's end beforehand. */
export const newWarning = (
  { target, clusterId, operationId, labels }: Cluster,
  { version, savepoint, ha }: ClusterLifetime,
  { reason, endsAt, now }: { readonly reason: LifetimeWarning['reason']; readonly endsAt: string; readonly now: Date },
): LifetimeWarning => ({
  id: `targets/${target}/clusters/${clusterId}/warnings/${operationId}/${version}/${endsAt}`,
  target,
  clusterId,
  operationId,
  version,
  reason,
  endsAt,
  savepoint,
  ha,
  labels,
  at: now.toISOString(),
});
