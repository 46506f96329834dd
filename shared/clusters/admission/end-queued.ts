import type { Cluster } from '#events/records/cluster.ts';
import type { Principal } from '#events/principal.ts';
import type { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { inheritHighAvailabilityData } from '#shared/clusters/model/high-availability.ts';
import { startLifetime } from '#shared/clusters/model/lifetime.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

interface QueuedClusterChange {
  readonly state: 'REQUESTED' | 'FAILED' | 'CANCELED';
  readonly principal: Principal;
  readonly reason?: string;
  readonly message?: string;
}

/** The write that moves the cluster of a queued deploy to its next state. Empty when the cluster is not QUEUED for it. */
export const transitionQueuedCluster = async (
  { operationId, target, clusterId }: StoredOperation,
  { state, ...cause }: QueuedClusterChange,
  { store, targets, now }: Ports,
): Promise<Pick<Change, 'cluster' | 'events'>> => {
  const { value: cluster, version } = await getCluster({ target, clusterId }, store);
  if (cluster.operationId !== operationId || cluster.state !== 'QUEUED') return {};
  const at = now();
  const next = transitionCluster(cluster, state, { at, operationId, ...cause });
  // Only an admitted cluster needs its target, which may be gone when the command fails.
  const value = state === 'REQUESTED' ? startIn(await targets.getLatest(target), next.cluster, at) : next.cluster;
  return { cluster: { value, previous: version }, events: next.events };
};

/** The cluster in the current place of its target, which may have moved while the cluster was queued. */
const startIn = (target: NamedTarget, cluster: Cluster, at: Date): Cluster => {
  const lifetime = startLifetime(cluster.lifetime, at, target);
  return {
    ...cluster,
    ...(lifetime === undefined ? {} : { lifetime }),
    namespace: target.namespace,
    highAvailabilityData: inheritHighAvailabilityData(target, cluster, at),
  };
};

interface QueuedEnd {
  readonly state: 'FAILED' | 'CANCELED';
  readonly fault: Fault;
  readonly principal: Principal;
}

/**
 * Ends a queued command. It has no objects in Kubernetes yet.
 *
 * @param end `principal`: who ends it.
 * @returns Whether this call ended it. Another process may have admitted or ended it.
 */
export const endQueued = async (
  { operationId }: Pick<QueuedCommand, 'operationId'>,
  { state, fault, principal }: QueuedEnd,
  ports: Ports,
): Promise<boolean> => {
  const cause = { principal, reason: fault.reason ?? fault.code, message: fault.message };
  const decide = async (operation: StoredOperation) => {
    if (operation.state !== 'QUEUED') return undefined;
    const changes =
      operation.kind === 'deploy' ? await transitionQueuedCluster(operation, { state, ...cause }, ports) : {};
    return { end: { state, fault }, changes };
  };
  const { isFinished } = await finishOperation(operationId, decide, ports);
  if (isFinished) await ports.payloads.remove(operationId);
  return isFinished;
};
