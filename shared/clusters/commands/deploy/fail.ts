import type { OperationState } from '#events/operation.ts';
import type { Fault } from '#events/problem.ts';
import { isStartingCluster } from '#shared/clusters/model/cluster-states.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

interface FailOptions {
  /** The states from which the deploy may fail. */
  readonly from?: readonly OperationState[];
}

/**
 * Fails a deploy and its cluster, unless they have ended or a stop has superseded the deploy.
 *
 * @returns Whether this call failed it.
 */
export const failDeploy = async (
  operationId: string,
  fault: Fault,
  ports: Ports,
  { from = ['PENDING', 'IN_PROGRESS'] }: FailOptions = {},
): Promise<boolean> => {
  const cause = { operationId, reason: fault.reason ?? fault.code, message: fault.message };
  const { isFinished } = await finishOperation(operationId, { state: 'FAILED', fault }, ports, {
    onlyIf: async (operation) => {
      const { value: cluster } = await getCluster(operation, ports.store);
      return from.includes(operation.state) && cluster.operationId === operationId && isStartingCluster(cluster);
    },
    alsoWrite: async (operation) => {
      const { value, version } = await getCluster(operation, ports.store);
      const { cluster, events } = transitionCluster(value, 'FAILED', { at: ports.now(), ...cause });
      return { cluster: { value: cluster, previous: version }, events };
    },
  });
  return isFinished;
};
