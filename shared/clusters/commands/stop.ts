import type { Expected } from '#events/commands/index.ts';
import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault, toProblem } from '#events/problem.ts';

import type { UseCase } from './use-case.ts';
import type { Change, Versioned } from '#shared/clusters/model/records.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { transitionOperation, newOperation, requestsInFlightUntil } from '#shared/clusters/model/operation.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';

/** Nobody knows yet whether it has state that has to be saved. Of one that waits in line there is nothing. */
const isComingUp = ({ state }: Cluster) => state === 'REQUESTED' || state === 'DEPLOYING';

/** Still the same life, and the same lifetime where it is by that: nobody extended it, and no job came, since the stop was decided on. */
const isAsExpected = ({ operationId, lifetime }: Cluster, expected: Expected) =>
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

    if (data.savepoint === 'required' && isComingUp(cluster.value)) {
      throw new Fault(
        'not-ready',
        `cluster ${clusterRef.clusterId} in target ${target} is ${cluster.value.state}: wait until it is RUNNING, or stop it without a required savepoint`,
        { retryAfterSeconds: 5 },
      );
    }

    const now = ports.now();
    const operationId = ports.newId();
    const settled = cluster.value.state === 'REQUESTED' ? { settled: requestsInFlightUntil(now) } : {};
    const operation = newOperation(
      { operationId, kind: 'stop', ...clusterRef, origin, plan: { stop: data, ...settled } },
      deadlineMs,
      now,
    );
    const next =
      cluster.value.state === 'STOPPING'
        ? { cluster: cluster.value, transitions: [] }
        : transitionCluster(cluster.value, 'STOPPING', { at: now, operationId, reason: data.reason });
    await commit(
      {
        cluster: { value: { ...next.cluster, stopOperationId: operationId }, previous: cluster.version },
        operations: [
          { value: operation, previous: undefined },
          ...(await superseded(cluster.value.operationId, operationId)),
        ],
        transitions: next.transitions,
        ...key(operationId),
      },
      ports,
    );
    // It waited, or has just been admitted.
    if (['QUEUED', 'REQUESTED'].includes(cluster.value.state)) await ports.payloads.remove(cluster.value.operationId);
    return { value: operation, version: 1 };

    /** The same end for both, unless the later one asks for another. */
    async function join(running: Versioned<StoredOperation>): Promise<Versioned<StoredOperation>> {
      const { plan, operationId } = running.value;
      const asked = plan !== undefined && 'stop' in plan ? plan.stop : undefined;
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
      const problem = toProblem(
        new Fault('superseded', `stopped by operation ${by} before it was up`),
        `/v1/operations/${deployId}`,
      );
      return [transitionOperation(deploying, { state: 'CANCELED', problem }, now)];
    }
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('cleanup', value.operationId);
    return value;
  },
};
