import type { Cluster } from '#events/records/cluster.ts';
import { computeWarningTime } from '#shared/clusters/model/lifetime.ts';
import type { LifetimeTimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import {
  type ClusterWithLifetime,
  hasLifetime,
  isCurrentLifetime,
  type LifetimeRef,
  toLifetimeRef,
} from './lifetime-ref.ts';

/** The reconciler handles what is due sooner than this, because its next pass comes before a timer event would. */
const minTimerMs = 60_000;
const kinds = ['warning', 'end'] as const satisfies readonly LifetimeTimerEvent['kind'][];

const timerName = (kind: LifetimeTimerEvent['kind'], { operationId, version }: LifetimeRef): string =>
  `${kind}-${operationId}-v${version}`;

/** Sets the timers of this version of the lifetime, and cancels those of the version before it. */
export const setTimers = async (cluster: ClusterWithLifetime, ports: Ports): Promise<void> => {
  const { lifetime } = cluster;
  const lifetimeRef = toLifetimeRef(cluster);
  const times = { warning: computeWarningTime(lifetime), end: new Date(lifetime.endsAt ?? 0) };
  try {
    for (const kind of kinds) {
      const at = times[kind];
      if (at !== undefined && at.getTime() - ports.now().getTime() > minTimerMs)
        await ports.timers.set(timerName(kind, lifetimeRef), at, { kind, ...lifetimeRef });
    }
  } catch (error) {
    // The next pass tries again, and handles what is due by then. No other work has to wait for the scheduler.
    ports.log.warn('timers not set', { ...lifetimeRef, detail: toDetail(error) });
    return;
  }
  await cancelTimers(cluster, ports);
  await recordTimers(lifetimeRef, ports);
};

const recordTimers = (lifetimeRef: LifetimeRef, ports: Ports): Promise<void> =>
  transact(ports, async () => {
    const current = await ports.store.cluster(lifetimeRef);
    const cluster = current?.value;
    if (current === undefined || !isCurrentLifetime(cluster, lifetimeRef)) return { result: undefined };
    const value = { ...cluster, lifetime: { ...cluster.lifetime, scheduledVersion: lifetimeRef.version } };
    return { change: { cluster: { value, previous: current.version } }, result: undefined };
  });

/**
 * Cancels the timers that are recorded for a cluster. A failure is logged and ignored, because a timer event that comes
 * anyway has no effect and its timer ends with it.
 */
export const cancelTimers = async (cluster: Cluster, ports: Ports): Promise<void> => {
  if (!hasLifetime(cluster) || cluster.lifetime.scheduledVersion === undefined) return;
  const lifetimeRef = { ...toLifetimeRef(cluster), version: cluster.lifetime.scheduledVersion };
  for (const kind of kinds) {
    try {
      await ports.timers.cancel(timerName(kind, lifetimeRef));
    } catch (error) {
      ports.log.warn('timer not canceled', { ...lifetimeRef, kind, detail: toDetail(error) });
    }
  }
};

const toDetail = (error: unknown): string => (error instanceof Error ? error.message : String(error));
