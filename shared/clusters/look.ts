import * as z from 'zod';

/** A live cluster, with what the lists of its target's objects say of it. */
const Sighting = z.strictObject({
  clusterId: z.string(),
  /** Of its Deployment, unless that is being deleted. */
  uid: z.string().optional(),
  /** Of one of its pods. */
  trouble: z.strictObject({ reason: z.string(), message: z.string() }).optional(),
});
export type Sighting = Readonly<z.infer<typeof Sighting>>;

/** A look at a target; at some of its clusters, where they were listed before. Functions hand it on to each other. */
export const Look = z.strictObject({ target: z.string(), sightings: z.array(Sighting).readonly().optional() });
export type Look = Readonly<z.infer<typeof Look>>;
