import type { Cluster } from '#events/cluster.ts';
import type { ClusterLifetime } from '#events/lifetime.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { toWarningEvent } from '#events/transitions.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { idleEnd, isOverdue, isWarningDue, newWarning } from '#shared/clusters/model/lifetime.ts';
import type { LifetimeTimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation, holdsResources } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

/** Between a teardown that kept the cluster, since its required savepoint failed, and the next. */
const againMs = 10 * 60_000;

export type LifetimeRef = Pick<LifetimeTimerEvent, 'target' | 'clusterId' | 'operationId' | 'version'>;
type Origin = 'schedule' | 'reconciler';

/** Ends a cluster whose time has come, if this lifetime is still its own: whoever is late or comes twice does nothing. */
export const endLifetime = async (of: LifetimeRef, origin: Origin, ports: Ports): Promise<void> => {
  const cluster = (await ports.store.cluster(of))?.value;
  if (
    !isOf(cluster, of) ||
    !isOverdue(cluster.lifetime, ports.now()) ||
    !(await holdsResources(cluster, ports.store))
  ) {
    ports.log.info('nothing to end', { ...of, origin });
    return;
  }
  await end(cluster, { reason: 'LifetimeEnded', origin }, ports);
};

/** Ends a session that has been idle for as long as it may be, unless somebody is about to start a job on it. */
export const endIdle = async (cluster: ClusterWithLifetime, ports: Ports): Promise<void> => {
  const at = idleEnd(cluster.lifetime);
  if (at === undefined || at > ports.now()) return;
  if (await isAwaited(cluster, ports)) return resetIdleness(cluster, ports);
  await end(cluster, { reason: 'Idle', origin: 'reconciler' }, ports);
};

/** What was seen of a session so far does not count as idle time. */
export const resetIdleness = (seen: Cluster, ports: Ports): Promise<void> =>
  transact(ports, async () => {
    const current = await ports.store.cluster(seen);
    const lifetime = current?.value.lifetime;
    if (current?.value.operationId !== seen.operationId || lifetime?.idle === undefined) return { result: undefined };
    const { idle: _idle, ...rest } = lifetime;
    return {
      change: { cluster: { value: { ...current.value, lifetime: rest }, previous: current.version } },
      result: undefined,
    };
  });

/** Tells of the end of a cluster beforehand, once for each version of its lifetime. */
export const warn = (of: LifetimeRef, ports: Ports): Promise<void> =>
  transact(ports, async () => {
    const current = await ports.store.cluster(of);
    const cluster = current?.value;
    const now = ports.now();
    if (current === undefined || !isOf(cluster, of) || !(await holdsResources(cluster, ports.store)))
      return { result: undefined };
    const { lifetime } = cluster;
    if (!isWarningDue(lifetime, now)) return { result: undefined };
    const endsAt = lifetime.endsAt ?? '';
    return {
      change: {
        cluster: {
          value: { ...cluster, lifetime: { ...lifetime, warnedVersion: lifetime.version } },
          previous: current.version,
        },
        events: [toWarningEvent(newWarning(cluster, lifetime, { reason: 'LifetimeEnds', endsAt, now }))],
      },
      result: undefined,
    };
  });

/** A cluster that has a lifetime. */
export type ClusterWithLifetime = Cluster & { readonly lifetime: ClusterLifetime };

export const hasLifetime = (cluster: Cluster): cluster is ClusterWithLifetime => cluster.lifetime !== undefined;

const isOf = (cluster: Cluster | undefined, { operationId, version }: LifetimeRef): cluster is ClusterWithLifetime =>
  cluster?.operationId === operationId && cluster.lifetime?.version === version;

/** Somebody waits to submit to it, or is about to. */
const isAwaited = async ({ target, clusterId }: Cluster, { store }: Ports): Promise<boolean> =>
  (await store.openOperations(target)).some((open) => open.kind === 'submit' && open.clusterId === clusterId);

interface Why {
  readonly reason: 'LifetimeEnded' | 'Idle';
  readonly origin: Origin;
}

const end = async (cluster: ClusterWithLifetime, { reason, origin }: Why, ports: Ports): Promise<void> => {
  const { target, clusterId, operationId, lifetime } = cluster;
  const earlier = await earlierTry(cluster, ports);
  if (earlier === 'too soon') return;
  const { savepoint, savepointDirectory, ha, version, idle } = lifetime;
  const directory = savepointDirectory === undefined ? {} : { savepointDirectory };
  const idleSince = reason === 'Idle' ? idle?.since : undefined;
  const key = ['lifetime', clusterId, operationId, version, idleSince, earlier].filter((part) => part !== undefined);
  try {
    await accept(
      {
        kind: 'stop',
        target,
        clusterId,
        data: { savepoint, ...directory, ha, reason },
        key: key.join('/'),
        origin,
        expected: { operationId, version, idleSince },
      },
      ports,
    );
    ports.log.info('cluster ends by itself', { target, clusterId, operationId, reason, origin });
  } catch (error) {
    // Extended or stopped in another way just now, or not up yet, with nothing to save: the next look sees what is left to do.
    if (!(error instanceof Fault) || !passing.has(error.code)) throw error;
    ports.log.info('cluster does not end now', { target, clusterId, operationId, reason, origin, code: error.code });
  }
};

const passing: ReadonlySet<string> = new Set(['superseded', 'wrong-state', 'not-ready']);

/** The stop that left the cluster RUNNING, as its required savepoint failed: a new try is another command. */
const earlierTry = async ({ state, stopOperationId }: Cluster, { store, now }: Ports): Promise<string | undefined> => {
  if (state !== 'RUNNING' || stopOperationId === undefined) return undefined;
  const { value } = await getOperation(stopOperationId, store);
  const isRecent = !isTerminalOperation(value) || now().getTime() - Date.parse(value.updatedAt) < againMs;
  return isRecent ? 'too soon' : stopOperationId;
};
