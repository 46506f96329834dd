import { isDeepStrictEqual } from 'node:util';

import type { Cluster } from '#events/records/cluster.ts';
import type { ExtendData } from '#events/commands/index.ts';
import type { ClusterLifetime, Idleness, Lifetime } from '#events/lifetime.ts';
import { dreyPrincipals } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { LifetimeWarning } from '#events/records/transitions.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import { omitUndefined } from './omit-undefined.ts';

/**
 * The longest time between two observations of an idle session. A target is reconciled each minute, and one pass may be
 * late. After a longer gap it is unknown whether a job ran in it, so idle time starts again.
 */
const maxObservationGapMs = 110_000;

/** The lifetime of a cluster that expires only because its target limits the age of clusters. */
const targetLifetime = { savepoint: 'none', ha: 'keep', warnBefore: '10min' } as const;

interface LifetimeOptions {
  readonly mode: string;
  readonly target: NamedTarget;
  readonly now: Date;
  readonly startsLate?: true | undefined;
}

/**
 * The lifetime that a deploy requests. Its time starts when the cluster starts. A deploy that `startsLate` is not refused: if
 * its end has passed, the cluster ends as soon as it runs.
 *
 * @throws Fault `malformed-request` for an end in the past, or idle time of an application.
 * @throws Fault `over-limit` for an end after the maximum age of the target.
 */
export const newLifetime = (
  lifetime: Lifetime | undefined,
  { mode, target, now, startsLate }: LifetimeOptions,
): ClusterLifetime | undefined => {
  if (lifetime === undefined) return target.maxAge === undefined ? undefined : { ...targetLifetime, version: 1 };
  if (startsLate !== true) assertAllowed(lifetime, { mode, target, startedAt: now, now, pointer: '/lifetime' });
  const until = lifetime.until === undefined ? {} : { until: new Date(lifetime.until).toISOString() };
  return { ...lifetime, ...until, version: 1 };
};

/** The lifetime of the next incarnation of a cluster, which ends when this one would have ended. */
export const keepEnd = ({
  ttl: _ttl,
  until: _until,
  endsAt,
  startedAt: _startedAt,
  scheduledVersion: _scheduled,
  warnedVersion: _warned,
  idle: _idle,
  ...kept
}: ClusterLifetime): ClusterLifetime => ({ ...kept, ...omitUndefined({ until: endsAt }), version: 1 });

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
 * The lifetime after an `extend`. Fields that the command leaves out keep their values, and a new end replaces the old
 * one.
 *
 * @throws Fault `malformed-request`, `over-limit` as for a new lifetime.
 */
export const extendLifetime = (
  cluster: Cluster,
  data: ExtendData,
  { target, now }: { readonly target: NamedTarget; readonly now: Date },
): ClusterLifetime => {
  const startedAt = new Date(cluster.lifetime?.startedAt ?? cluster.createdAt);
  assertAllowed(data, { mode: cluster.mode, target, startedAt, now, pointer: '' });
  const {
    ttl,
    until,
    endsAt,
    version,
    scheduledVersion,
    warnedVersion: _warned,
    idle: _idle,
    ...kept
  } = cluster.lifetime ?? { ...targetLifetime, version: 0 };
  const hasNewEnd = data.ttl !== undefined || data.until !== undefined;
  const { until: newUntil, ...given } = omitUndefined(data);
  const next: ClusterLifetime = {
    ...kept,
    ...(hasNewEnd ? {} : omitUndefined({ ttl, until, endsAt })),
    ...given,
    ...(newUntil === undefined ? {} : { until: new Date(newUntil).toISOString() }),
    ...(scheduledVersion === undefined ? {} : { scheduledVersion }),
    startedAt: startedAt.toISOString(),
    version: version + 1,
  };
  return hasNewEnd || endsAt === undefined ? withEnd(next, { ttlFrom: now, startedAt, target }) : next;
};

interface LifetimeChange {
  /** The lifetime of the spec that the cluster has, and that of the new one. */
  readonly before: Lifetime | undefined;
  readonly after: Lifetime | undefined;
  readonly target: NamedTarget;
  readonly now: Date;
}

/**
 * The lifetime after a change of the spec of a cluster that continues to run. A new end counts from now, as that of an
 * `extend`. Without one the cluster keeps its end, also that of an `extend`.
 *
 * @throws Fault `malformed-request`, `over-limit` as for a new lifetime.
 */
export const changeLifetime = (
  cluster: Cluster,
  { before, after, target, now }: LifetimeChange,
): ClusterLifetime | undefined => {
  if (isDeepStrictEqual(before, after)) return cluster.lifetime;
  const { ttl, until, endsAt, version, scheduledVersion, startedAt: since } = cluster.lifetime ?? { version: 0 };
  const startedAt = new Date(since ?? cluster.createdAt);
  const hasNewEnd = before?.ttl !== after?.ttl || before?.until !== after?.until;
  const given: Omit<ClusterLifetime, 'version'> = after ?? targetLifetime;
  const { ttl: newTtl, until: newUntil, ...rest } = given;
  const end = omitUndefined({ ttl: newTtl, until: newUntil && new Date(newUntil).toISOString() });
  assertAllowed(
    { ...(hasNewEnd ? end : {}), ...omitUndefined({ idleAfter: after?.idleAfter }) },
    { mode: cluster.mode, target, startedAt, now, pointer: '/lifetime' },
  );
  const next: ClusterLifetime = {
    ...rest,
    ...(hasNewEnd ? end : omitUndefined({ ttl, until, endsAt })),
    ...omitUndefined({ scheduledVersion }),
    startedAt: startedAt.toISOString(),
    version: version + 1,
  };
  return hasNewEnd ? withEnd(next, { ttlFrom: now, startedAt, target }) : next;
};

interface EndOptions {
  /** When the ttl starts: now, also when a cluster is extended. */
  readonly ttlFrom: Date;
  readonly startedAt: Date;
  readonly target: NamedTarget;
}

/** The end is the earliest of the ttl, `until`, and the maximum age that the target allows. */
const withEnd = (lifetime: ClusterLifetime, { ttlFrom, startedAt, target }: EndOptions): ClusterLifetime => {
  const times = [
    ...(lifetime.ttl === undefined ? [] : [addDuration(ttlFrom, lifetime.ttl)]),
    ...(lifetime.until === undefined ? [] : [lifetime.until]),
    ...(target.maxAge === undefined ? [] : [addDuration(startedAt, target.maxAge)]),
  ];
  const endsAt = times.toSorted()[0];
  return endsAt === undefined ? lifetime : { ...lifetime, endsAt };
};

const addDuration = (time: Date, duration: string) => new Date(time.getTime() + parseDuration(duration)).toISOString();

interface AllowedOptions {
  readonly mode: string;
  readonly target: NamedTarget;
  readonly startedAt: Date;
  readonly now: Date;
  /** The JSON pointer to the fields in the request. */
  readonly pointer: string;
}

/** @throws Fault `malformed-request`, `over-limit` */
const assertAllowed = (
  { ttl, until, idleAfter }: Pick<ExtendData, 'ttl' | 'until' | 'idleAfter'>,
  { mode, target, startedAt, now, pointer }: AllowedOptions,
): void => {
  if (idleAfter !== undefined && mode === 'application')
    throw newFieldFault(
      `${pointer}/idleAfter`,
      'does not apply to an application, which ends with its program; remove it',
    );
  if (until !== undefined && Date.parse(until) <= now.getTime())
    throw newFieldFault(`${pointer}/until`, `${until} is in the past.`);
  if (target.maxAge === undefined) return;
  const latest = addDuration(startedAt, target.maxAge);
  const isTooLate = (time: string) => Date.parse(time) > Date.parse(latest);
  const fields = [
    ...(ttl !== undefined && isTooLate(addDuration(now, ttl)) ? ['ttl'] : []),
    ...(until !== undefined && isTooLate(until) ? ['until'] : []),
  ];
  const detail = `The maximum age of a cluster in target ${target.name} is ${target.maxAge}. Set an expiry of ${latest} or earlier.`;
  if (fields.length > 0)
    throw new Fault('over-limit', detail, {
      errors: fields.map((field) => ({ pointer: `${pointer}/${field}`, detail })),
    });
};

const newFieldFault = (pointer: string, detail: string) =>
  new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });

/** Whether the end of a lifetime has passed. */
export const isOverdue = ({ endsAt }: Pick<ClusterLifetime, 'endsAt'>, now: Date): boolean =>
  endsAt !== undefined && Date.parse(endsAt) <= now.getTime();

/** When to publish the warning about the end of a lifetime. Undefined without an end, or with `warnBefore` 0s. */
export const computeWarningTime = ({ endsAt, warnBefore }: ClusterLifetime): Date | undefined => {
  const beforeMs = parseDuration(warnBefore);
  return endsAt === undefined || beforeMs === 0 ? undefined : new Date(Date.parse(endsAt) - beforeMs);
};

/** Whether the warning about the end of this version of a lifetime has to be published now. */
export const isWarningDue = (lifetime: ClusterLifetime, now: Date): boolean => {
  const at = computeWarningTime(lifetime);
  return at !== undefined && lifetime.warnedVersion !== lifetime.version && at <= now && !isOverdue(lifetime, now);
};

/** The idle time of a session after Flink answered that no job runs. A gap between two answers starts it again. */
export const updateIdleness = (idle: Idleness | undefined, now: Date): Idleness => {
  const seenAt = now.toISOString();
  return idle === undefined || now.getTime() - Date.parse(idle.seenAt) > maxObservationGapMs
    ? { since: seenAt, seenAt }
    : { ...idle, seenAt };
};

/**
 * The write of a submit to its session: the session is no longer idle. A stop that ends the session because it is
 * idle writes the same record, so one of the two conflicts and sees the other. A session without idle time is not
 * written, which avoids conflicts between submits.
 */
export const clearIdle = ({ value, version }: Versioned<Cluster>): Pick<Change, 'cluster'> => {
  if (value.state !== 'RUNNING' || value.lifetime?.idle === undefined) return {};
  const { idle: _idle, ...lifetime } = value.lifetime;
  return { cluster: { value: { ...value, lifetime }, previous: version } };
};

/** When a session that stays idle expires. Undefined while it is not idle, and without `idleAfter`. */
export const computeIdleEnd = ({ idle, idleAfter }: ClusterLifetime): Date | undefined =>
  idle === undefined || idleAfter === undefined
    ? undefined
    : new Date(Date.parse(idle.since) + parseDuration(idleAfter));

/** Whether the warning about the end of an idle session has to be published now. */
export const isIdleWarningDue = (lifetime: ClusterLifetime, now: Date): boolean => {
  const end = computeIdleEnd(lifetime);
  const beforeMs = parseDuration(lifetime.warnBefore);
  if (end === undefined || beforeMs === 0 || lifetime.idle?.warned === true) return false;
  return end.getTime() - beforeMs <= now.getTime() && now < end;
};

/** The warning to publish before a cluster expires. */
export const newWarning = (
  { target, clusterId, operationId, labels }: Cluster,
  { version, savepoint, ha }: ClusterLifetime,
  { reason, endsAt, now }: { readonly reason: LifetimeWarning['reason']; readonly endsAt: string; readonly now: Date },
): LifetimeWarning => ({
  id: `targets/${target}/clusters/${clusterId}/warnings/${operationId}/${version}/${endsAt}`,
  target,
  clusterId,
  operationId,
  principal: dreyPrincipals.lifetime,
  version,
  reason,
  endsAt,
  savepoint,
  ha,
  labels,
  at: now.toISOString(),
});
