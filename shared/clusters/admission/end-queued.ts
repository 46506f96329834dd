import type { Change } from '#shared/clusters/model/records.ts';
import type { OperationState } from '#events/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { QueuedCommand } from '#shared/clusters/model/queue.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { transitionOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { startLifetime } from '#shared/clusters/model/lifetime.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';

export const transitionQueuedCluster = async (
  state: 'REQUESTED' | 'FAILED' | 'CANCELED',
  operation: StoredOperation,
  cause: { readonly reason?: string; readonly message?: string },
  { store, targets, now }: Ports,
): Promise<Pick<Change, 'cluster' | 'transitions'>> => {
  const { value: cluster, version } = await getCluster(operation, store);
  if (cluster.operationId !== operation.operationId || cluster.state !== 'QUEUED') return {};
  const at = now();
  const next = transitionCluster(cluster, state, { at, operationId: operation.operationId, ...cause });
  const lifetime = startLifetime(cluster.lifetime, at, await targets.get(operation.target));
  const value = state === 'REQUESTED' && lifetime !== undefined ? { ...next.cluster, lifetime } : next.cluster;
  return { cluster: { value, previous: version }, transitions: next.transitions };
};

/**
 * Ends a command that waits: nothing of it was created.
 *
 * @returns Whether it did: it may have been started or ended meanwhile.
 */
export const endQueued = async (
  { operationId }: Pick<QueuedCommand, 'operationId'>,
  { state, fault }: { readonly state: Extract<OperationState, 'FAILED' | 'CANCELED'>; readonly fault: Fault },
  ports: Ports,
): Promise<boolean> => {
  const ended = await transact(ports, async () => {
    const operation = await getOperation(operationId, ports.store);
    if (operation.value.state !== 'QUEUED') return { result: false };
    const problem = toProblem(fault, `/v1/operations/${operationId}`);
    const cause = { reason: fault.reason ?? fault.code, message: fault.message };
    return {
      change: {
        ...(operation.value.kind === 'deploy'
          ? await transitionQueuedCluster(state, operation.value, cause, ports)
          : {}),
        operations: [transitionOperation(operation, { state, problem }, ports.now())],
      },
      result: true,
    };
  });
  if (ended) await ports.payloads.remove(operationId);
  return ended;
};
