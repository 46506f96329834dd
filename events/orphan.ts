import * as z from 'zod';

/** An object of some Flink cluster that nothing of Drey's records accounts for. */
export const Orphan = z
  .strictObject({
    kind: z.enum(['Deployment', 'Service', 'ConfigMap']),
    name: z.string(),
    uid: z.string(),
    clusterId: z.string(),
    reason: z.enum(['NotRecorded', 'NoDeployment', 'HighAvailabilityData']).meta({
      description:
        'NotRecorded: a Flink cluster that Drey did not deploy, or no longer counts as its own. NoDeployment: what is left of a cluster that is gone. HighAvailabilityData: kept by a stop, or left; a new cluster of the id would recover its jobs from it.',
    }),
  })
  .meta({ id: 'Orphan' });

export type Orphan = Readonly<z.infer<typeof Orphan>>;
