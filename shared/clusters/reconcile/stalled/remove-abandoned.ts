import { holdsFailedObjects } from '#events/records/cluster.ts';
import { hasIncarnation } from '#events/records/cluster-states.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { ListedDeployment } from '#shared/clusters/model/kubernetes.ts';
import { isDeployOf, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { forEachConcurrently, isolate } from '#shared/clusters/ports/isolation.ts';

import { stalledAfterMs, type StartedWork, type StalledWork } from './stalled-work.ts';

/**
 * The Deployments that deploys created and that belong to no live cluster. A stop superseded the deploy while the Deployment
 * was being created, or its removal failed. A deploy that has just failed has a cleanup, which keeps the logs first.
 */
export const listAbandoned = async (
  deployments: readonly ListedDeployment[],
  target: NamedTarget,
  ports: Ports,
): Promise<readonly StalledWork[]> => {
  const found: StalledWork[] = [];
  await forEachConcurrently(deployments, async (deployment) => {
    const { clusterId } = deployment;
    const fields = { target: target.name, clusterId };
    await isolate({ message, fields, ports }, async () => {
      const deploy = await findEndedDeploy(deployment, target, ports);
      if (deploy === undefined) return;
      const run = () => removeAbandoned(deployment, target, ports);
      found.push({ since: deploy.updatedAt, clusterId, isOverdue: false, message, fields, run });
    });
  });
  return found;
};

const message = 'removal of deployment failed';

/** The deploy of a Deployment, if it has ended and no live cluster has the Deployment. */
const findEndedDeploy = async (
  { clusterId, operationId, deleting }: ListedDeployment,
  target: NamedTarget,
  { store, now }: Ports,
): Promise<StoredOperation | undefined> => {
  if (deleting || operationId === undefined) return undefined;
  const deploy = (await store.operation(operationId))?.value;
  if (deploy === undefined || !isDeployOf(deploy, { target: target.name, clusterId })) return undefined;
  if (!isTerminalOperation(deploy) || now().getTime() - Date.parse(deploy.updatedAt) < stalledAfterMs) return undefined;
  const cluster = (await store.cluster({ target: target.name, clusterId }))?.value;
  const belongsToCluster =
    cluster?.operationId === operationId && (hasIncarnation(cluster) || holdsFailedObjects(cluster));
  return belongsToCluster ? undefined : deploy;
};

const removeAbandoned = async (
  deployment: ListedDeployment,
  target: NamedTarget,
  ports: Ports,
): Promise<StartedWork | undefined> => {
  const deploy = await findEndedDeploy(deployment, target, ports);
  if (deploy === undefined) return undefined;
  const { clusterId, uid } = deployment;
  const { operationId } = deploy;
  await ports.kubernetes(target).remove({ clusterId, operationId, uid });
  ports.log.warn('abandoned deployment removed', { target: target.name, clusterId, operationId });
  return {};
};
