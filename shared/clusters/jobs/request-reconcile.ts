import type { ClusterRef } from '#events/names.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * Requests that an application is reconciled after a command ended its job, so that its cluster is removed within seconds
 * instead of a minute. Other clusters are left alone.
 */
export const requestReconcile = async (
  clusterRef: ClusterRef,
  { store, reconcileQueue, log }: Ports,
): Promise<void> => {
  const cluster = (await store.cluster(clusterRef))?.value;
  if (cluster?.mode !== 'application' || cluster.state !== 'RUNNING') return;
  const { target, clusterId, uid } = cluster;
  try {
    await reconcileQueue.send({ target, clusters: [{ clusterId, ...(uid === undefined ? {} : { uid }) }] });
  } catch (error) {
    // The reconciler visits the cluster within a minute without a request.
    const detail = error instanceof Error ? error.name : String(error);
    log.warn('reconcile request not sent', { target, clusterId, detail });
  }
};
