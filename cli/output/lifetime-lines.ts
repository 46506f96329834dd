import type { Cluster } from '#events/cluster.ts';

import { localTime } from './local-time.ts';

const before: ReadonlySet<Cluster['state']> = new Set(['QUEUED', 'REQUESTED', 'DEPLOYING', 'RUNNING']);

/** When a cluster ends by itself, and how. Empty where it does not, or no longer. */
export const endOf = ({ lifetime, state }: Pick<Cluster, 'lifetime' | 'state'>): string => {
  if (lifetime === undefined || !before.has(state)) return '';
  const { endsAt, until, ttl, idleAfter, idle, savepoint } = lifetime;
  const named = endsAt ?? until;
  const when = [
    ...(named !== undefined ? [localTime(named)] : ttl !== undefined ? [`${ttl} after its start`] : []),
    ...(idleAfter === undefined ? [] : [`when no job lived for ${idleAfter}`]),
    ...(idle === undefined ? [] : [`idle since ${localTime(idle.since)}`]),
  ];
  return when.length === 0 ? '' : `${when.join(', ')}${savepoint === 'none' ? '' : ` (savepoint: ${savepoint})`}`;
};

/** Which version of the lifetime holds, and whether its end was told of beforehand. Empty where it does not end by itself. */
export const formatLifetime = ({ lifetime, state }: Pick<Cluster, 'lifetime' | 'state'>): string => {
  if (lifetime === undefined || !before.has(state)) return '';
  const { version, warnedVersion, idle } = lifetime;
  return `version ${version}${warnedVersion === version || idle?.warned === true ? ', warning sent' : ''}`;
};
