import type { ClusterRef } from '#events/names.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { computeNextDelay, type ListedCluster, type YoungRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * Requests that an application is reconciled after a command ended its job, so that its cluster is removed within seconds
 * instead of a minute. Other clusters are left alone.
 *
 * @param known The cluster, if it has been read already.
 */
export const requestReconcile = async (clusterRef: ClusterRef, ports: Ports, known?: Cluster): Promise<void> => {
  const cluster = known ?? (await ports.store.cluster(clusterRef))?.value;
  if (cluster?.mode !== 'application' || cluster.state !== 'RUNNING') return;
  const { target } = cluster;
  await logIfNotSent(cluster, ports, ports.reconcileQueue.send({ target, clusters: [toUnlisted(cluster)] }));
};

/** Requests that a RUNNING application is observed soon, and again while it is young: see {@link computeNextDelay}. */
export const followApplication = (cluster: Cluster, ports: Ports): Promise<void> =>
  repeatRequest(
    { target: cluster.target, clusters: [toUnlisted(cluster)], runningSince: ports.now().toISOString() },
    ports,
  );

/** Sends a request about a young application again. There is no further one when the application is no longer young. */
export const repeatRequest = async (request: YoungRequest, ports: Ports): Promise<void> => {
  const delaySeconds = computeNextDelay(request.runningSince, ports.now());
  if (delaySeconds === undefined) return;
  const { target, clusters } = request;
  const clusterRef = { target, clusterId: clusters[0]?.clusterId ?? '' };
  await logIfNotSent(clusterRef, ports, ports.reconcileQueue.follow(request, delaySeconds));
};

const toUnlisted = ({ clusterId, uid }: Cluster): ListedCluster => ({
  clusterId,
  isUnlisted: true,
  ...(uid === undefined ? {} : { uid }),
});

const logIfNotSent = async (
  { target, clusterId }: ClusterRef,
  { log }: Ports,
  sending: Promise<void>,
): Promise<void> => {
  try {
    await sending;
  } catch (error) {
    // The reconciler visits the cluster within a minute without a request.
    const detail = error instanceof Error ? error.name : String(error);
    log.warn('reconcile request not sent', { target, clusterId, detail });
  }
};
