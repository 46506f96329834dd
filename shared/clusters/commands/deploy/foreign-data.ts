import { Fault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { selectOwnData } from '#shared/clusters/model/high-availability.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';

interface ForeignDataOptions {
  readonly kubernetes: Kubernetes;
  readonly target: NamedTarget;
  readonly cluster: Cluster;
}

/**
 * High-availability data in the namespace that this target did not write. Flink would recover the jobs of another stage or
 * of another target from it, and delete it in the end.
 *
 * @returns Why the deploy cannot start: `id-taken`. Undefined also when the deploy has created its Deployment already, as
 *   the data may then be its own.
 */
export const findForeignData = async (
  { clusterId, operationId }: StoredOperation,
  { kubernetes, target, cluster }: ForeignDataOptions,
): Promise<{ readonly refusal: Fault } | undefined> => {
  if (cluster.highAvailabilityDirectory === undefined) return undefined;
  const { highAvailability } = await kubernetes.listRemaining({ clusterId, operationId });
  const own = new Set(selectOwnData(highAvailability, cluster, target));
  const data = highAvailability.find((found) => !own.has(found));
  if (data === undefined) return undefined;
  const { deployment } = await kubernetes.observe(clusterId);
  if (deployment?.operationId === operationId) return undefined;
  const message = `Namespace ${target.namespace} has high-availability data of a cluster ${clusterId} that this target did not deploy: ConfigMap ${data.name}. Flink would recover its jobs. Delete it (drey orphans), or deploy under another cluster id.`;
  return { refusal: new Fault('id-taken', message) };
};
