import { isTerminalOperation } from '#events/records/operation.ts';
import { toOwnKey } from '#events/idempotency-key.ts';
import { dreyPrincipals } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { toWarningEvent } from '#events/records/transitions.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { stop } from '#shared/clusters/commands/stop.ts';
import { holdsResources } from '#shared/clusters/model/cluster-states.ts';
import { isOverdue, isWarningDue, newWarning } from '#shared/clusters/model/lifetime.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

import { type ClusterWithLifetime, isCurrentLifetime, type LifetimeRef } from './lifetime-ref.ts';

/** The pause after a stop that failed because a required savepoint failed. */
const retryStopAfterMs = 10 * 60_000;

type Origin = 'schedule' | 'reconciler';

/**
 * Stops a cluster whose end has come. Does nothing when the lifetime has another version by now, because a timer event
 * may come late and more than once.
 */
export const endLifetime = async (lifetimeRef: LifetimeRef, origin: Origin, callerPorts: Ports): Promise<void> => {
  const ports = callerPorts.withPrincipal(dreyPrincipals.lifetime);
  const cluster = (await ports.store.cluster(lifetimeRef))?.value;
  if (
    !isCurrentLifetime(cluster, lifetimeRef) ||
    !isOverdue(cluster.lifetime, ports.now()) ||
    !holdsResources(cluster)
  ) {
    ports.log.info('lifetime not ended', { ...lifetimeRef, origin });
    return;
  }
  await stopExpiredCluster(cluster, { reason: 'LifetimeEnded', origin }, ports);
};

/** Publishes a warning that a cluster ends soon, once for each version of its lifetime. */
export const warnOfEnd = (lifetimeRef: LifetimeRef, ports: Ports): Promise<void> =>
  transact(ports, async () => {
    const current = await ports.store.cluster(lifetimeRef);
    const cluster = current?.value;
    const now = ports.now();
    if (current === undefined || !isCurrentLifetime(cluster, lifetimeRef) || !holdsResources(cluster))
      return { result: undefined };
    const { lifetime } = cluster;
    if (!isWarningDue(lifetime, now)) return { result: undefined };
    const value = { ...cluster, lifetime: { ...lifetime, warnedVersion: lifetime.version } };
    const warning = newWarning(cluster, lifetime, { reason: 'LifetimeEnds', endsAt: lifetime.endsAt ?? '', now });
    return {
      change: { cluster: { value, previous: current.version }, events: [toWarningEvent(warning)] },
      result: undefined,
    };
  });

interface Cause {
  readonly reason: 'LifetimeEnded' | 'Idle';
  readonly origin: Origin;
}

/**
 * Stops a cluster as its lifetime says. Returns without a stop while the cluster cannot be stopped; the next pass of the
 * reconciler tries again.
 */
export const stopExpiredCluster = async (
  cluster: ClusterWithLifetime,
  { reason, origin }: Cause,
  callerPorts: Ports,
): Promise<void> => {
  const ports = callerPorts.withPrincipal(dreyPrincipals.lifetime);
  const { target, clusterId, operationId, lifetime } = cluster;
  const earlierStop = await findFailedStop(cluster, ports);
  if (earlierStop?.isRecent === true) return;
  const { savepoint, savepointDirectory, ha, version, idle } = lifetime;
  const directory = savepointDirectory === undefined ? {} : { savepointDirectory };
  const idleSince = reason === 'Idle' ? idle?.since : undefined;
  const parts = ['lifetime', clusterId, operationId, version, idleSince, earlierStop?.operationId];
  try {
    await accept(
      stop,
      {
        kind: 'stop',
        target,
        clusterId,
        data: { savepoint, ...directory, ha, reason },
        key: toOwnKey(...parts.filter((part) => part !== undefined)),
        origin,
        principal: ports.principal,
        expected: { operationId, version, idleSince },
      },
      ports,
    );
    ports.log.info('expired cluster stopped', { target, clusterId, operationId, reason, origin });
  } catch (error) {
    if (!(error instanceof Fault) || !temporaryRefusals.has(error.code)) throw error;
    ports.log.info('expired cluster not stopped', { target, clusterId, operationId, reason, origin, code: error.code });
  }
};

/** The cluster was extended, is being stopped in another way, or is not RUNNING yet and has no state to save. */
const temporaryRefusals: ReadonlySet<string> = new Set(['superseded', 'wrong-state', 'not-ready']);

/**
 * The stop that failed and left the cluster RUNNING, because a required savepoint failed. Its operation id makes the
 * next stop another command.
 */
const findFailedStop = async (
  { state, stopOperationId }: ClusterWithLifetime,
  { store, now }: Ports,
): Promise<{ readonly operationId: string; readonly isRecent: boolean } | undefined> => {
  if (state !== 'RUNNING' || stopOperationId === undefined) return undefined;
  const { value: stop } = await getOperation(stopOperationId, store);
  const isRecent = !isTerminalOperation(stop) || now().getTime() - Date.parse(stop.updatedAt) < retryStopAfterMs;
  return { operationId: stopOperationId, isRecent };
};
