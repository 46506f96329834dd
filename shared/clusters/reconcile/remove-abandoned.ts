import { holdsFailedObjects, isTerminalCluster } from '#events/records/cluster.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import { isDeployOf } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * Removes a Deployment that a deploy created and that belongs to no live cluster. A stop superseded the deploy while
 * the Deployment was being created, or its removal failed.
 */
export const removeAbandonedDeployment = async (
  { clusterId, uid, operationId, deleting }: ObservedDeployment,
  target: NamedTarget,
  ports: Ports,
): Promise<void> => {
  if (deleting || operationId === undefined) return;
  const operation = (await ports.store.operation(operationId))?.value;
  if (operation === undefined || !isDeployOf(operation, { target: target.name, clusterId })) return;
  const cluster = (await ports.store.cluster({ target: target.name, clusterId }))?.value;
  const belongsToCluster =
    cluster?.operationId === operationId && (!isTerminalCluster(cluster) || holdsFailedObjects(cluster));
  if (!isTerminalOperation(operation) || belongsToCluster) return;
  await ports.kubernetes(target).remove({ clusterId, operationId, uid });
  ports.log.warn('abandoned deployment removed', { target: target.name, clusterId, operationId });
};
