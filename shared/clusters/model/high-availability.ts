import type { Cluster } from '#events/records/cluster.ts';
import type { Target } from '#events/records/target.ts';

import type { HighAvailabilityData } from './kubernetes.ts';
import { toPlace } from './target-place.ts';

/**
 * Whether Flink may have written high-availability data for this incarnation: it has high availability, and its Deployment
 * has existed.
 */
export const wroteHighAvailabilityData = ({
  highAvailabilityDirectory,
  uid,
}: Pick<Cluster, 'highAvailabilityDirectory' | 'uid'>): boolean =>
  highAvailabilityDirectory !== undefined && uid !== undefined;

/**
 * What a new incarnation in a target knows of the data that the previous incarnations left there. The end of the previous
 * one may not be recorded: its cleanup still runs, or its record is older than this member.
 */
export const inheritHighAvailabilityData = (
  target: Target,
  previous: Cluster | undefined,
  now: Date,
): NonNullable<Cluster['highAvailabilityData']> => {
  const place = toPlace(target, 'stage');
  if (previous === undefined || previous.namespace !== target.namespace) return { place };
  const { highAvailabilityData: known = { place }, createdAt } = previous;
  if (known.place !== place) return { place };
  const isEndRecorded = known.until !== undefined && known.until >= createdAt;
  const ended = isEndRecorded ? previous : endHighAvailabilityData({ ...previous, highAvailabilityData: known }, now);
  return ended.highAvailabilityData ?? { place };
};

/** The cluster at its end: the data that exists until then is its own, if it wrote any. */
export const endHighAvailabilityData = (cluster: Cluster, at: Date): Cluster => {
  const { highAvailabilityData: data } = cluster;
  return data === undefined || !wroteHighAvailabilityData(cluster)
    ? cluster
    : { ...cluster, highAvailabilityData: { ...data, until: at.toISOString() } };
};

/**
 * The data that incarnations of this cluster in this target wrote. Flink gives its ConfigMaps neither an owner nor an
 * annotation, so their time of creation tells whose they are. A deploy with high availability is refused while foreign
 * data exists, and no two Deployments of a namespace have one name. All data is therefore that of an incarnation that
 * writes data; later on, it is what was created until the end of the last such incarnation.
 *
 * @param data What the namespace has under the cluster ID.
 */
export const selectOwnData = <T extends HighAvailabilityData>(
  data: readonly T[],
  cluster: Cluster,
  target: Target,
): readonly T[] => {
  if (wroteHighAvailabilityData(cluster)) return data;
  const { place, until } = cluster.highAvailabilityData ?? {};
  if (until === undefined || place !== toPlace(target, 'stage')) return [];
  return data.filter(({ createdAt }) => Date.parse(createdAt) <= Date.parse(until));
};
