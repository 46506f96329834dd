import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob } from '#events/job.ts';
import { toWarningEvent } from '#events/transitions.ts';
import type { ObservedJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import {
  idleEnd,
  isIdleWarningDue,
  isOverdue,
  isWarningDue,
  newWarning,
  nextIdleness,
  type Seen,
  warningTime,
} from '#shared/clusters/model/lifetime.ts';
import type { LifetimeTimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import {
  type ClusterWithLifetime,
  endIdle,
  endLifetime,
  hasLifetime,
  type LifetimeRef,
  resetIdleness,
  warn,
} from './end-lifetime.ts';

/** What would come sooner than this is left to the next looks, which are there by then. */
const soonestMs = 60_000;
const kinds = ['warning', 'end'] as const;

/**
 * Brings about what the record of a cluster says of its end, whoever wrote it and whatever has happened since: its
 * schedules, its warning, and the end itself where the schedule's firing did not come.
 */
export const enforceLifetime = async (cluster: Cluster, ports: Ports): Promise<void> => {
  if (!hasLifetime(cluster) || cluster.state === 'STOPPING') return;
  const { lifetime } = cluster;
  const now = ports.now();
  const of = lifetimeRefOf(cluster);
  if (lifetime.endsAt !== undefined && lifetime.scheduledVersion !== lifetime.version && !isOverdue(lifetime, now))
    await schedule(cluster, ports);
  if (isWarningDue(lifetime, now)) await warn(of, ports);
  if (isOverdue(lifetime, now)) await endLifetime(of, 'reconciler', ports);
};

const lifetimeRefOf = ({
  target,
  clusterId,
  operationId,
  lifetime: { version },
}: ClusterWithLifetime): LifetimeRef => ({
  target,
  clusterId,
  operationId,
  version,
});

const timerOf = (kind: LifetimeTimerEvent['kind'], { operationId, version }: LifetimeRef) =>
  `${kind}-${operationId}-v${version}`;

/** Has the firings sent that this version needs, and no longer those of the one before. */
const schedule = async (cluster: ClusterWithLifetime, ports: Ports): Promise<void> => {
  const { lifetime } = cluster;
  const of = lifetimeRefOf(cluster);
  const times = { warning: warningTime(lifetime), end: new Date(lifetime.endsAt ?? 0) };
  try {
    for (const kind of kinds) {
      const at = times[kind];
      if (at !== undefined && at.getTime() - ports.now().getTime() > soonestMs)
        await ports.timers.set(timerOf(kind, of), at, { kind, ...of });
    }
  } catch (error) {
    // The next look tries again, and does itself what is due by then: nothing else has to wait for the scheduler.
    ports.log.warn('end not scheduled', { ...of, detail: error instanceof Error ? error.message : String(error) });
    return;
  }
  await cancelTimers(cluster, ports);
  await transact(ports, async () => {
    const current = await ports.store.cluster(cluster);
    const known = current?.value;
    if (current === undefined || known?.operationId !== of.operationId || known.lifetime?.version !== of.version)
      return { result: undefined };
    const value = { ...known, lifetime: { ...known.lifetime, scheduledVersion: of.version } };
    return { change: { cluster: { value, previous: current.version } }, result: undefined };
  });
};

/**
 * Has the firings not sent that were scheduled for a cluster. One that comes all the same finds nothing to do, and its
 * schedule is gone then: so this is tidiness, and no failure of it keeps anything else from being done.
 */
export const cancelTimers = async (cluster: Cluster, ports: Ports): Promise<void> => {
  if (!hasLifetime(cluster) || cluster.lifetime.scheduledVersion === undefined) return;
  const of = { ...lifetimeRefOf(cluster), version: cluster.lifetime.scheduledVersion };
  for (const kind of kinds) {
    try {
      await ports.timers.cancel(timerOf(kind, of));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      ports.log.warn('schedule not removed', { ...of, kind, detail });
    }
  }
};

/** Counts the idle time of a session by what a look at it came to, tells of its end, and ends it. */
export const trackIdleness = async (seen: Cluster, { jobs, reachable }: ObservedJobs, ports: Ports): Promise<void> => {
  if (seen.lifetime?.idleAfter === undefined || seen.mode !== 'session') return;
  const said: Seen = reachable !== 'True' ? 'unknown' : jobs.every(isTerminalJob) ? 'none' : 'live';
  if (said !== 'none') {
    if (seen.lifetime.idle !== undefined) await resetIdleness(seen, ports);
    return;
  }
  const idle = await recordIdle(seen, ports);
  if (idle !== undefined) await endIdle(idle, ports);
};

const recordIdle = (seen: Cluster, ports: Ports): Promise<ClusterWithLifetime | undefined> =>
  transact<ClusterWithLifetime | undefined>(ports, async () => {
    const current = await ports.store.cluster(seen);
    const cluster = current?.value;
    if (current === undefined || cluster?.operationId !== seen.operationId || cluster.state !== 'RUNNING')
      return { result: undefined };
    // Extended meanwhile: its time begins anew with the next look.
    if (!hasLifetime(cluster) || cluster.lifetime.version !== seen.lifetime?.version) return { result: undefined };
    const now = ports.now();
    const idle = nextIdleness(cluster.lifetime.idle, 'none', now);
    if (idle === undefined) return { result: undefined };
    const counted = { ...cluster.lifetime, idle };
    const isTold = isIdleWarningDue(counted, now);
    const lifetime = isTold ? { ...counted, idle: { ...idle, warned: true as const } } : counted;
    const endsAt = idleEnd(lifetime)?.toISOString() ?? '';
    const value = { ...cluster, lifetime };
    return {
      change: {
        cluster: { value, previous: current.version },
        ...(isTold ? { events: [toWarningEvent(newWarning(cluster, lifetime, { reason: 'Idle', endsAt, now }))] } : {}),
      },
      result: value,
    };
  });

/** When a target could not be looked at, nothing is known of its sessions: their idle time begins anew. */
export const resetAllIdleness = async (clusters: readonly Cluster[], ports: Ports): Promise<void> => {
  for (const cluster of clusters)
    if (cluster.lifetime?.idle !== undefined && !isTerminalCluster(cluster)) await resetIdleness(cluster, ports);
};
