import { isTerminalCluster } from '#events/cluster.ts';
import { isTerminalJob } from '#events/job.ts';
import { isTerminalOperation } from '#events/operation.ts';
import type { ObservedDeployment } from '#shared/clusters/model/kubernetes.ts';
import { keepsFailedObjects, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedCommand } from '#shared/clusters/model/queue.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';

/**
 * Removes a Deployment that a deploy of Drey's made and that no cluster is any more: its deploy was overtaken by a
 * stop while it was being created, or its removal did not get through.
 */
export const removeAbandonedDeployment = async (
  target: string,
  { clusterId, uid, operationId, deleting }: ObservedDeployment,
  { kubernetes, ports }: { readonly kubernetes: Kubernetes; readonly ports: Ports },
): Promise<void> => {
  if (deleting || operationId === undefined) return;
  const operation = (await ports.store.operation(operationId))?.value;
  if (operation === undefined || operation.target !== target || operation.clusterId !== clusterId) return;
  const cluster = (await ports.store.cluster({ target, clusterId }))?.value;
  const isItsOwn =
    cluster?.operationId === operationId &&
    (!isTerminalCluster(cluster) || (keepsFailedObjects(operation) && cluster.stopOperationId === undefined));
  if (!isTerminalOperation(operation) || isItsOwn) return;
  await kubernetes.remove(clusterId, uid);
  ports.log.warn('leftover removed', { target, clusterId, operationId });
};

/** Longer than anybody can still be creating what it stands for. */
const lostMs = 10 * 60_000;

/**
 * Frees what an operation holds of its target, if nothing of it is there any more.
 *
 * @param deployed The deploys whose Deployments were seen just now.
 */
export const releaseIfLost = async (
  claim: QueuedCommand,
  deployed: ReadonlySet<string>,
  ports: Ports,
): Promise<void> => {
  const { value: operation } = await getOperation(claim.operationId, ports.store);
  const isRecent = ports.now().getTime() - Date.parse(operation.updatedAt) < lostMs;
  if (!isTerminalOperation(operation) || isRecent) return;
  const holdsOn =
    claim.kind === 'submit'
      ? await isJobLive(claim, ports)
      : deployed.has(claim.operationId) || (await isClusterLive(operation, ports));
  if (holdsOn) return;
  await commit({ released: [claim] }, ports);
  ports.log.warn('lost claim freed', { ...claim.demand, operationId: claim.operationId, target: claim.target });
};

const isJobLive = async (claim: QueuedCommand, { store }: Ports) => {
  const job = await store.job(claim, claim.operationId);
  return job !== undefined && !isTerminalJob(job.value);
};

const isClusterLive = async (operation: StoredOperation, { store }: Ports) => {
  const cluster = (await store.cluster(operation))?.value;
  return cluster?.operationId === operation.operationId && !isTerminalCluster(cluster);
};
