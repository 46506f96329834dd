import type { ClusterRef } from '#events/names.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** Has an application looked at whose job has just been ended, so that it goes in seconds and not with the next minute. */
export const requestReconcile = async (
  clusterRef: ClusterRef,
  { store, reconcileQueue, log }: Ports,
): Promise<void> => {
  const cluster = (await store.cluster(clusterRef))?.value;
  if (cluster?.mode !== 'application' || cluster.state !== 'RUNNING') return;
  const { target, clusterId, uid } = cluster;
  try {
    await reconcileQueue.send({ target, listedClusters: [{ clusterId, ...(uid === undefined ? {} : { uid }) }] });
  } catch (error) {
    // The next minute looks at it anyway.
    log.warn('look not handed on', { target, clusterId, detail: error instanceof Error ? error.name : String(error) });
  }
};
