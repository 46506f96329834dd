import { isTerminalOperation } from '#events/records/operation.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { Fault } from '#events/problems/problem.ts';
import { isDeployOf, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * Removes the Deployment of an earlier operation of the same cluster id, whose cleanup did not succeed. Other Deployments
 * are left alone.
 *
 * @param fault The fault of the deploy, which found its name taken.
 * @returns `not-ready` when a Deployment is being removed, so that the caller retries. The given fault otherwise.
 */
export const removeRemains = async (fault: Fault, operation: StoredOperation, ports: Ports): Promise<Fault> => {
  if (fault.code !== 'id-taken') return fault;
  const { operationId, target, clusterId } = operation;
  const kubernetes = ports.kubernetes(await ports.targets.get(target));
  const { deployment } = await kubernetes.observe(clusterId);
  if (deployment?.operationId === undefined || deployment.operationId === operationId) return fault;
  const earlier = (await ports.store.operation(deployment.operationId))?.value;
  const isOwn = earlier !== undefined && isTerminalOperation(earlier) && isDeployOf(earlier, { target, clusterId });
  if (!isOwn) return fault;
  await kubernetes.remove({ clusterId, operationId: deployment.operationId, uid: deployment.uid });
  return new Fault(
    'not-ready',
    `The Deployment of operation ${deployment.operationId} still exists for cluster ${clusterId} in target ${target}. It is being removed. Retry in a moment.`,
    { cause: fault, retryAfterSeconds: 5 },
  );
};

/**
 * Checks that no JobManager of an earlier deploy of the ID is left. One that starts late would mount the new ConfigMap, and run the
 * new job beside the new JobManager.
 *
 * @throws Fault `not-ready` while such a pod exists.
 */
export const assertNoEarlierPods = async (
  { target, clusterId, operationId }: StoredOperation,
  { cluster, kubernetes }: { readonly cluster: Cluster; readonly kubernetes: Kubernetes },
): Promise<void> => {
  // The ID is new.
  if ((cluster.revision ?? 1) === 1) return;
  const earlier = (await kubernetes.listPods([clusterId])).find(
    (pod) => pod.operationId !== undefined && pod.operationId !== operationId,
  );
  // While their Deployment exists, the creation finds its name taken.
  if (earlier === undefined || (await kubernetes.findDeployment(clusterId)) !== undefined) return;
  throw new Fault(
    'not-ready',
    `Pod ${earlier.name} of operation ${earlier.operationId ?? ''} still exists for cluster ${clusterId} in target ${target}. It is being removed. Retry in a moment.`,
    { retryAfterSeconds: 5 },
  );
};
