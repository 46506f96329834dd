import type { Cluster } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import { isTerminalJob } from '#events/records/job.ts';
import { toWarningEvent } from '#events/records/transitions.ts';
import type { ObservedJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { computeIdleEnd, isIdleWarningDue, newWarning, updateIdleness } from '#shared/clusters/model/lifetime.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { stopExpiredCluster } from './end-lifetime.ts';
import { type ClusterWithLifetime, hasLifetime } from './lifetime-ref.ts';

/**
 * Counts the idle time of a session, publishes its warning, and stops the session when it has been idle for too long.
 * Only an answer of Flink that no job is live counts as idle.
 */
export const trackIdleness = async (
  cluster: Cluster,
  { jobs, reachable }: ObservedJobs,
  ports: Ports,
): Promise<void> => {
  if (cluster.lifetime?.idleAfter === undefined || cluster.mode !== 'session') return;
  const isIdle = reachable === 'True' && jobs.every(isTerminalJob);
  if (!isIdle) {
    if (cluster.lifetime.idle !== undefined) await resetIdleness(cluster, ports);
    return;
  }
  const recorded = await recordIdleness(cluster, ports);
  if (recorded !== undefined) await endIdleSession(recorded, ports);
};

/** Records that the session is idle, with its warning when that is due. */
const recordIdleness = (observed: Cluster, ports: Ports): Promise<ClusterWithLifetime | undefined> =>
  transact<ClusterWithLifetime | undefined>(ports, async () => {
    const current = await ports.store.cluster(observed);
    const cluster = current?.value;
    if (current === undefined || cluster?.operationId !== observed.operationId || cluster.state !== 'RUNNING')
      return { result: undefined };
    // A session that was extended in the meantime starts its idle time at the next pass.
    if (!hasLifetime(cluster) || cluster.lifetime.version !== observed.lifetime?.version) return { result: undefined };
    const now = ports.now();
    const idle = updateIdleness(cluster.lifetime.idle, now);
    const idleLifetime = { ...cluster.lifetime, idle };
    const needsWarning = isIdleWarningDue(idleLifetime, now);
    const lifetime = needsWarning ? { ...idleLifetime, idle: { ...idle, warned: true as const } } : idleLifetime;
    const endsAt = computeIdleEnd(lifetime)?.toISOString() ?? '';
    const value = { ...cluster, lifetime };
    return {
      change: {
        cluster: { value, previous: current.version },
        ...(needsWarning
          ? { events: [toWarningEvent(newWarning(cluster, lifetime, { reason: 'Idle', endsAt, now }))] }
          : {}),
      },
      result: value,
    };
  });

/** Stops a session that has been idle for too long, unless a submit to it is open. */
const endIdleSession = async (cluster: ClusterWithLifetime, ports: Ports): Promise<void> => {
  const end = computeIdleEnd(cluster.lifetime);
  if (end === undefined || end > ports.now()) return;
  if (await hasOpenSubmit(cluster, ports)) return resetIdleness(cluster, ports);
  await stopExpiredCluster(cluster, { reason: 'Idle', origin: 'reconciler' }, ports);
};

/** An operation that cannot be read may be a submit to the session. */
const hasOpenSubmit = async ({ target, clusterId }: Cluster, { store }: Ports): Promise<boolean> => {
  const { items, unreadable = [] } = await store.openOperations(target);
  return (
    unreadable.length > 0 || items.some((operation) => operation.kind === 'submit' && operation.clusterId === clusterId)
  );
};

/** Sets the idle time of a session to zero. */
const resetIdleness = ({ target, clusterId, operationId }: Cluster, ports: Ports): Promise<void> =>
  transact(ports, async () => {
    const current = await ports.store.cluster({ target, clusterId });
    const lifetime = current?.value.lifetime;
    if (current?.value.operationId !== operationId || lifetime?.idle === undefined) return { result: undefined };
    const { idle: _idle, ...rest } = lifetime;
    return {
      change: { cluster: { value: { ...current.value, lifetime: rest }, previous: current.version } },
      result: undefined,
    };
  });

/** Sets the idle time of every session to zero, because nothing is known of a target that does not answer. */
export const resetAllIdleness = async (clusters: readonly Cluster[], ports: Ports): Promise<void> => {
  for (const cluster of clusters)
    if (cluster.lifetime?.idle !== undefined && hasIncarnation(cluster)) await resetIdleness(cluster, ports);
};
