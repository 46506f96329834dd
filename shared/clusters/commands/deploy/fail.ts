import type { Change } from '#shared/clusters/model/records.ts';
import type { OperationState } from '#events/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { Fault, toProblem } from '#events/problem.ts';
import { transitionOperation } from '#shared/clusters/model/operation.ts';
import { getCluster, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';

/**
 * Ends a deploy and its cluster in failure, unless they ended already or a stop has the cluster.
 *
 * @param from The states of a deploy that is ended so.
 * @returns Whether it is ended now.
 */
export const failDeploy = (
  operationId: string,
  fault: Fault,
  ports: Ports,
  from: readonly OperationState[] = ['PENDING', 'IN_PROGRESS'],
): Promise<boolean> =>
  transact(ports, async () => {
    const operation = await getOperation(operationId, ports.store);
    const cluster = await getCluster(operation.value, ports.store);
    const now = ports.now();
    const open = from.includes(operation.value.state);
    if (!open || cluster.value.operationId !== operationId || !['REQUESTED', 'DEPLOYING'].includes(cluster.value.state))
      return { result: false };
    const next = transitionCluster(cluster.value, 'FAILED', {
      at: now,
      operationId,
      reason: fault.reason ?? fault.code,
      message: fault.message,
    });
    const change: Change = {
      cluster: { value: next.cluster, previous: cluster.version },
      operations: [
        transitionOperation(
          operation,
          { state: 'FAILED', problem: toProblem(fault, `/v1/operations/${operationId}`) },
          now,
        ),
      ],
      transitions: next.transitions,
    };
    return { change, result: true };
  });
