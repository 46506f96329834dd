import type { Cluster } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { releaseReserved } from '#shared/clusters/admission/usage.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { findRolloutRequest } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import {
  listRolloutEvents,
  toEndedProgressing,
  withoutNextRollout,
  withoutRollout,
} from '#shared/clusters/model/rollout.ts';
import { withCondition } from '#shared/clusters/model/cluster.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

interface Superseded
  extends Required<Pick<Change, 'operations' | 'events'>>, Pick<Change, 'admitted' | 'queueControl'> {
  /** The cluster without the rollouts that have ended. */
  readonly cluster: Cluster;
}

/** The command that takes the place of a rollout. */
type Successor = Pick<StoredOperation, 'operationId' | 'kind' | 'updatedAt'>;

/**
 * The writes that end the rollout of a cluster and the one that waits for its end, because another command takes their place.
 * Their executions end when the next step finds this.
 */
export const supersedeRollout = async (
  given: Cluster,
  by: Successor,
  { store }: Pick<Ports, 'store'>,
): Promise<Superseded> => {
  const waiting = await supersedeWaiting(given, by, { store });
  const { cluster } = waiting;
  if (cluster.rollout === undefined) return waiting;
  const condition = toEndedProgressing(toMessage(by), 'RolloutEnded');
  const freed = withoutRollout(withCondition(cluster, condition, new Date(by.updatedAt)));
  const rollout = await findOpen(cluster.rollout.operationId, store);
  if (rollout === undefined) return { ...waiting, cluster: freed };
  const { operations, events } = cancel(rollout, cluster, by);
  const released = await releaseCapacity(cluster, rollout.value, { store });
  return {
    cluster: freed,
    operations: [...operations, ...waiting.operations],
    events: [...events, ...waiting.events],
    ...released,
  };
};

/** The writes that end the rollout that waits for the end of another one. */
export const supersedeWaiting = async (
  cluster: Cluster,
  by: Successor,
  { store }: Pick<Ports, 'store'>,
): Promise<Superseded> => {
  if (cluster.nextRollout === undefined) return { cluster, operations: [], events: [] };
  const waiting = await findOpen(cluster.nextRollout.operationId, store);
  const canceled = waiting === undefined ? { operations: [], events: [] } : cancel(waiting, cluster, by);
  return { cluster: withoutNextRollout(cluster), ...canceled };
};

const findOpen = async (
  operationId: string,
  store: Ports['store'],
): Promise<Versioned<StoredOperation> | undefined> => {
  const operation = await store.operation(operationId);
  return operation === undefined || isTerminalOperation(operation.value) ? undefined : operation;
};

const cancel = (rollout: Versioned<StoredOperation>, cluster: Cluster, by: Successor) => {
  const fault = new Fault('superseded', toMessage(by));
  const canceled = transitionOperation(rollout, { state: 'CANCELED', fault }, new Date(by.updatedAt));
  return { operations: [canceled], events: listRolloutEvents(canceled.value, cluster) };
};

const toMessage = ({ operationId, kind }: Successor): string =>
  `The ${kind} of operation ${operationId} has taken the place of the rollout.`;

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
