import * as z from 'zod';

/** A Kubernetes object of a Flink cluster that belongs to no cluster of Drey. */
export const Orphan = z
  .strictObject({
    kind: z.enum(['Deployment', 'Service', 'ConfigMap']),
    name: z.string(),
    uid: z.string(),
    clusterId: z.string(),
    reason: z.enum(['NotRecorded', 'NoDeployment', 'HighAvailabilityData']).meta({
      description:
        'NotRecorded: an object of a Flink cluster that Drey did not deploy or no longer manages. NoDeployment: a remainder of a deleted cluster. HighAvailabilityData: kept by a stop, or a remainder. A new cluster with the same ID recovers its jobs from it.',
    }),
  })
  .meta({ id: 'Orphan' });

export type Orphan = Readonly<z.infer<typeof Orphan>>;
