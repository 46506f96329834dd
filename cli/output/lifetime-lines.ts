import type { Cluster } from '#events/records/cluster.ts';
import { isPendingCluster } from '#events/records/cluster-states.ts';

import { formatTime } from './local-time.ts';

const isLive = (cluster: Pick<Cluster, 'state'>): boolean => isPendingCluster(cluster) || cluster.state === 'RUNNING';

/** When a cluster expires, and with which savepoint policy. Empty when it does not expire, or is no longer live. */
export const formatExpiry = ({ lifetime, state }: Pick<Cluster, 'lifetime' | 'state'>): string => {
  if (lifetime === undefined || !isLive({ state })) return '';
  const { endsAt, until, ttl, idleAfter, idle, savepoint } = lifetime;
  const expiresAt = endsAt ?? until;
  const when = [
    ...(expiresAt !== undefined ? [formatTime(expiresAt)] : ttl !== undefined ? [`${ttl} after its start`] : []),
    ...(idleAfter === undefined ? [] : [`after ${idleAfter} without jobs`]),
    ...(idle === undefined ? [] : [`idle since ${formatTime(idle.since)}`]),
  ];
  return when.length === 0 ? '' : `${when.join(', ')}${savepoint === 'none' ? '' : ` (savepoint: ${savepoint})`}`;
};

/** The version of the lifetime, and whether the warning was sent. Empty when the cluster does not expire. */
export const formatLifetime = ({ lifetime, state }: Pick<Cluster, 'lifetime' | 'state'>): string => {
  if (lifetime === undefined || !isLive({ state })) return '';
  const { version, warnedVersion, idle } = lifetime;
  return `version ${version}${warnedVersion === version || idle?.warned === true ? ', warning sent' : ''}`;
};
