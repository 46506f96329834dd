import * as z from 'zod';

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
