import * as z from 'zod';

import type { Place } from '#events/names.ts';

import type { Ports } from './ports.ts';

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

/** Has an application looked at whose job has just been ended, so that it goes in seconds and not with the next minute. */
export const lookSoon = async (place: Place, { store, looks, log }: Ports): Promise<void> => {
  const cluster = (await store.cluster(place))?.value;
  if (cluster?.mode !== 'application' || cluster.state !== 'RUNNING') return;
  const { target, clusterId, uid } = cluster;
  try {
    await looks.hand({ target, sightings: [{ clusterId, ...(uid === undefined ? {} : { uid }) }] });
  } catch (error) {
    // The next minute looks at it anyway.
    log.warn('look not handed on', { target, clusterId, detail: error instanceof Error ? error.name : String(error) });
  }
};
