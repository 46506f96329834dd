import * as z from 'zod';

/** A live cluster, with what the lists of its target's objects say about it. */
const ListedCluster = z.strictObject({
  clusterId: z.string(),
  /** The uid of its Deployment. Absent when there is none, or when it is being deleted. */
  uid: z.string().optional(),
  /** The request was made without the lists, so nothing is known about the pods. */
  isUnlisted: z.literal(true).optional(),
  /** Why one of its pods is not in order. */
  trouble: z.strictObject({ reason: z.string(), message: z.string() }).optional(),
  /** Whether Flink's container of a pod that is not ready has restarted. */
  hasRestarted: z.literal(true).optional(),
});

export type ListedCluster = Readonly<z.infer<typeof ListedCluster>>;

/** The message of the reconcile queues: reconcile a target, or only the listed clusters of it. */
export const ReconcileRequest = z.strictObject({
  target: z.string(),
  clusters: z.array(ListedCluster).readonly().optional(),
  /** Since when the young application runs that the request follows, in ISO 8601. */
  runningSince: z.iso.datetime().optional(),
});

export type ReconcileRequest = Readonly<z.infer<typeof ReconcileRequest>>;

/** A request about one application, which is repeated while the application is young. */
export interface YoungRequest extends ReconcileRequest {
  readonly clusters: readonly ListedCluster[];
  readonly runningSince: string;
}

/** Which part of its age an application runs on before its end is known. */
const partOfAge = 0.05;
const minDelaySeconds = 2;
/** From this delay on, for applications of 20 minutes, the passes over the target each minute are enough. */
const maxDelaySeconds = 60;

/** After how many seconds an application is observed again. Undefined: it is no longer young. */
export const computeNextDelay = (runningSince: string, now: Date): number | undefined => {
  const ageSeconds = (now.getTime() - Date.parse(runningSince)) / 1_000;
  const delaySeconds = Math.max(minDelaySeconds, Math.floor(ageSeconds * partOfAge));
  return delaySeconds < maxDelaySeconds ? delaySeconds : undefined;
};
