import * as z from 'zod';

/** A live cluster, with what the lists of its target's objects say about it. */
const ListedCluster = z.strictObject({
  clusterId: z.string(),
  /** The uid of its Deployment. Absent when there is none, or when it is being deleted. */
  uid: z.string().optional(),
  /** Why one of its pods is not in order. */
  trouble: z.strictObject({ reason: z.string(), message: z.string() }).optional(),
});

export type ListedCluster = Readonly<z.infer<typeof ListedCluster>>;

/** The message of the reconcile queue: reconcile a target, or only the listed clusters of it. */
export const ReconcileRequest = z.strictObject({
  target: z.string(),
  clusters: z.array(ListedCluster).readonly().optional(),
});

export type ReconcileRequest = Readonly<z.infer<typeof ReconcileRequest>>;
