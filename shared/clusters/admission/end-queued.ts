import type { Principal } from '#events/principal.ts';
import type { Fault } from '#events/problems/problem.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

interface QueuedClusterEnd {
  readonly state: QueuedEnd['state'];
  readonly principal: Principal;
  readonly reason: string;
  readonly message: string;
}

/** The write that ends the cluster of a queued deploy. Empty when the cluster is not QUEUED for it. */
const endQueuedCluster = async (
  { operationId, target, clusterId }: StoredOperation,
  { state, ...cause }: QueuedClusterEnd,
  { store, now }: Ports,
): Promise<Pick<Change, 'cluster' | 'events'>> => {
  const { value, version } = await getCluster({ target, clusterId }, store);
  if (value.operationId !== operationId || value.state !== 'QUEUED') return {};
  const { cluster, events } = transitionCluster(value, state, { at: now(), operationId, ...cause });
  return { cluster: { value: cluster, previous: version }, events };
};

export interface QueuedEnd {
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
    const changes = operation.kind === 'deploy' ? await endQueuedCluster(operation, { state, ...cause }, ports) : {};
    return { end: { state, fault }, changes };
  };
  const { isFinished } = await finishOperation(operationId, decide, ports);
  if (isFinished) await ports.payloads.remove(operationId);
  return isFinished;
};
