import type { OperationState } from '#events/records/operation.ts';
import type { Principal } from '#events/principal.ts';
import type { Fault } from '#events/problems/problem.ts';
import { isStartingCluster } from '#shared/clusters/model/cluster-states.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

interface FailOptions {
  /** The states from which the deploy may fail. */
  readonly from?: readonly OperationState[];
  /** Who ends the deploy, if not its caller's own command. */
  readonly principal?: Principal;
  /** The uid of its Deployment, which has existed but is not recorded. */
  readonly uid?: string | undefined;
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
  { from = ['PENDING', 'IN_PROGRESS'], principal, uid }: FailOptions = {},
): Promise<boolean> => {
  const cause = { operationId, reason: fault.reason ?? fault.code, message: fault.message };
  const decide = async (operation: StoredOperation) => {
    const { value, version } = await getCluster(operation, ports.store);
    if (!from.includes(operation.state) || value.operationId !== operationId || !isStartingCluster(value))
      return undefined;
    const { cluster, events } = transitionCluster({ ...value, ...omitUndefined({ uid }) }, 'FAILED', {
      at: ports.now(),
      principal: principal ?? operation.principal,
      ...cause,
    });
    return {
      end: { state: 'FAILED', fault },
      changes: { cluster: { value: cluster, previous: version }, events },
    } as const;
  };
  const { isFinished } = await finishOperation(operationId, decide, ports);
  return isFinished;
};
