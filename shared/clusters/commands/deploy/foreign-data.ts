import { Fault } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';

/**
 * High-availability data in the namespace that this target did not leave: it has never deployed the cluster before. Flink
 * would recover the jobs of another stage or of another target from it.
 *
 * @returns Why the deploy cannot start: `id-taken`. Undefined also when the deploy has created its Deployment already, as
 *   the data may then be its own.
 */
export const findForeignData = async (
  operation: StoredOperation,
  kubernetes: Kubernetes,
  { store }: Ports,
): Promise<{ readonly refusal: Fault } | undefined> => {
  const { clusterId, operationId } = operation;
  const { value: cluster } = await getCluster(operation, store);
  if (cluster.highAvailabilityDirectory === undefined) return undefined;
  const [first] = await store.transitions(operation, { after: 0, limit: 1 });
  if (first?.operationId !== operationId) return undefined;
  const { highAvailability } = await kubernetes.listRemaining({ clusterId, operationId });
  const [data] = highAvailability;
  if (data === undefined) return undefined;
  const { deployment } = await kubernetes.observe(clusterId);
  if (deployment?.operationId === operationId) return undefined;
  const message = `Namespace ${cluster.namespace} has high-availability data of a cluster ${clusterId} that this target did not deploy: ConfigMap ${data.name}. Flink would recover its jobs. Delete it (drey orphans), or deploy under another cluster id.`;
  return { refusal: new Fault('id-taken', message) };
};
