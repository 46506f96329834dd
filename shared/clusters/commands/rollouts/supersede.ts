import type { Cluster } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { releaseReserved } from '#shared/clusters/admission/usage.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRolloutRequest } from '#shared/clusters/model/records/request.ts';
import { listRolloutEvents, toEndedProgressing, withoutRollout } from '#shared/clusters/model/rollout.ts';
import { withCondition } from '#shared/clusters/model/cluster.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

interface Superseded
  extends Required<Pick<Change, 'operations' | 'events'>>, Pick<Change, 'admitted' | 'queueControl'> {
  /** The cluster without its rollout. */
  readonly cluster: Cluster;
}

/**
 * The writes that end the rollout of a cluster, because another command takes its place. The execution of the rollout ends
 * when its next step finds this.
 */
export const supersedeRollout = async (
  cluster: Cluster,
  { operationId, kind, createdAt }: Pick<StoredOperation, 'operationId' | 'kind' | 'createdAt'>,
  { store }: Pick<Ports, 'store'>,
): Promise<Superseded> => {
  if (cluster.rollout === undefined) return { cluster, operations: [], events: [] };
  const now = new Date(createdAt);
  const message = `The ${kind} of operation ${operationId} has taken the place of the rollout.`;
  const freed = withoutRollout(withCondition(cluster, toEndedProgressing(message, 'RolloutEnded'), now));
  const rollout = await store.operation(cluster.rollout.operationId);
  if (rollout === undefined || isTerminalOperation(rollout.value))
    return { cluster: freed, operations: [], events: [] };
  const canceled = transitionOperation(rollout, { state: 'CANCELED', fault: new Fault('superseded', message) }, now);
  const released = await releaseCapacity(cluster, rollout.value, { store });
  return { cluster: freed, operations: [canceled], events: listRolloutEvents(canceled.value, cluster), ...released };
};

/** The write that gives back what a rollout has reserved for its new revision, while the old incarnation still holds it. */
export const releaseCapacity = async (
  cluster: Cluster,
  operation: StoredOperation,
  ports: Pick<Ports, 'store'>,
): Promise<Pick<Change, 'admitted' | 'queueControl'>> => {
  const capacity = findRolloutRequest(operation)?.data.capacity;
  return capacity !== undefined && hasIncarnation(cluster) && cluster.operationId === capacity.operationId
    ? releaseReserved(cluster, capacity, ports)
    : {};
};
