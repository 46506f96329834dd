import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import type { ExpectedCluster } from '#events/commands/index.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { isStartingCluster } from '#shared/clusters/model/cluster-states.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import {
  newOperation,
  requestsInFlightUntil,
  type StoredOperation,
  transitionOperation,
} from '#shared/clusters/model/operation.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import { requestOf } from '#shared/clusters/model/request.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

import type { UseCase } from './use-case.ts';

/** Nobody knows yet whether it has state that has to be saved. Of one that waits in line there is nothing. */

/** Still the same life, and the same lifetime where it is by that: nobody extended it, and no job came, since the stop was decided on. */
const isAsExpected = ({ operationId, lifetime }: Cluster, expected: ExpectedCluster) =>
  operationId === expected.operationId &&
  (expected.version === undefined || lifetime?.version === expected.version) &&
  (expected.idleSince === undefined || lifetime?.idle?.since === expected.idleSince);

/** Savepoints of large state take their time, and so do pods that end gracefully. */
const deadlineMs = 30 * 60_000;

export const stop: UseCase<'stop'> = {
  async record({ target, clusterId, data, origin, expected }, key, ports) {
    await ports.targets.get(target);
    const clusterRef = { target, clusterId: clusterId ?? '' };
    const cluster = await getCluster(clusterRef, ports.store);
    if (expected !== undefined && !isAsExpected(cluster.value, expected))
      throw new Fault('superseded', `cluster ${clusterRef.clusterId} in target ${target} is no longer what it was`);
    // What is left of a failed one can be removed.
    if (isTerminalCluster(cluster.value) && cluster.value.state !== 'FAILED')
      throw new Fault(
        'wrong-state',
        `cluster ${clusterRef.clusterId} in target ${target} is ${cluster.value.state} already`,
      );
    if (cluster.value.state === 'STOPPING' && cluster.value.stopOperationId !== undefined) {
      const running = await getOperation(cluster.value.stopOperationId, ports.store);
      // Somebody stops it already: this caller waits for the same end.
      if (!isTerminalOperation(running.value)) return join(running);
    }

    if (data.savepoint === 'required' && isStartingCluster(cluster.value)) {
      throw new Fault(
        'not-ready',
        `cluster ${clusterRef.clusterId} in target ${target} is ${cluster.value.state}: wait until it is RUNNING, or stop it without a required savepoint`,
        { retryAfterSeconds: 5 },
      );
    }

    const now = ports.now();
    const operationId = ports.newId();
    const createsUntil = cluster.value.state === 'REQUESTED' ? { createsUntil: requestsInFlightUntil(now) } : {};
    const operation = newOperation(
      { operationId, kind: 'stop', ...clusterRef, origin, request: { kind: 'stop', data, ...createsUntil } },
      deadlineMs,
      now,
    );
    const next =
      cluster.value.state === 'STOPPING'
        ? { cluster: cluster.value, events: [] }
        : transitionCluster(cluster.value, 'STOPPING', { at: now, operationId, reason: data.reason });
    await commit(
      {
        cluster: { value: { ...next.cluster, stopOperationId: operationId }, previous: cluster.version },
        operations: [
          { value: operation, previous: undefined },
          ...(await superseded(cluster.value.operationId, operationId)),
        ],
        events: next.events,
        ...key(operationId),
      },
      ports,
    );
    // It waited, or has just been admitted.
    if (['QUEUED', 'REQUESTED'].includes(cluster.value.state)) await ports.payloads.remove(cluster.value.operationId);
    return { value: operation, version: 1 };

    /** The same end for both, unless the later one asks for another. */
    async function join(running: Versioned<StoredOperation>): Promise<Versioned<StoredOperation>> {
      const { operationId } = running.value;
      const asked = requestOf(running.value, 'stop')?.data;
      const hasEnded = cluster.value.mode === 'application' && running.value.origin === 'reconciler';
      if (!hasEnded && (asked?.savepoint !== data.savepoint || asked.ha !== data.ha)) {
        throw new Fault(
          'wrong-state',
          `cluster ${clusterRef.clusterId} in target ${target} is being stopped in another way`,
          {
            operationId,
          },
        );
      }
      await commit(key(operationId), ports);
      return running;
    }

    async function superseded(deployId: string, by: string): Promise<NonNullable<Change['operations']>> {
      const deploying = await ports.store.operation(deployId);
      if (deploying === undefined || isTerminalOperation(deploying.value)) return [];
      const fault = new Fault('superseded', `Operation ${by} stopped the cluster before it was RUNNING.`);
      return [transitionOperation(deploying, { state: 'CANCELED', fault }, now)];
    }
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('cleanup', value.operationId);
    return value;
  },
};
