import * as z from 'zod';

import type { ClusterRef } from '#events/names.ts';

import type { Ports } from '#shared/clusters/ports/ports.ts';

/** A live cluster, with what the lists of its target's objects say of it. */
const ListedCluster = z.strictObject({
  clusterId: z.string(),
  /** Of its Deployment, unless that is being deleted. */
  uid: z.string().optional(),
  /** Of one of its pods. */
  trouble: z.strictObject({ reason: z.string(), message: z.string() }).optional(),
});
export type ListedCluster = Readonly<z.infer<typeof ListedCluster>>;

/** A look at a target; at some of its clusters, where they were listed before. Functions hand it on to each other. */
export const ReconcileRequest = z.strictObject({
  target: z.string(),
  listedClusters: z.array(ListedCluster).readonly().optional(),
});
export type ReconcileRequest = Readonly<z.infer<typeof ReconcileRequest>>;

/** Has an application looked at whose job has just been ended, so that it goes in seconds and not with the next minute. */
export const requestReconcile = async (
  clusterRef: ClusterRef,
  { store, reconcileQueue, log }: Ports,
): Promise<void> => {
  const cluster = (await store.cluster(clusterRef))?.value;
  if (cluster?.mode !== 'application' || cluster.state !== 'RUNNING') return;
  const { target, clusterId, uid } = cluster;
  try {
    await reconcileQueue.hand({ target, listedClusters: [{ clusterId, ...(uid === undefined ? {} : { uid }) }] });
  } catch (error) {
    // The next minute looks at it anyway.
    log.warn('look not handed on', { target, clusterId, detail: error instanceof Error ? error.name : String(error) });
  }
};
