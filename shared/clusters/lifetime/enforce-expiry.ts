import type { Cluster } from '#events/records/cluster.ts';
import { isOverdue, isWarningDue } from '#shared/clusters/model/lifetime.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { endLifetime, warnOfEnd } from './end-lifetime.ts';
import { hasLifetime, toLifetimeRef } from './lifetime-ref.ts';
import { setTimers } from './timers.ts';

/**
 * Makes the timers, the warning and the end of a cluster match its record. The reconciler calls it in each pass, so that
 * a cluster ends even when its timer event does not come.
 */
export const enforceExpiry = async (cluster: Cluster, ports: Ports): Promise<void> => {
  if (!hasLifetime(cluster) || cluster.state === 'STOPPING') return;
  const { lifetime } = cluster;
  const now = ports.now();
  const lifetimeRef = toLifetimeRef(cluster);
  if (lifetime.endsAt !== undefined && lifetime.scheduledVersion !== lifetime.version && !isOverdue(lifetime, now))
    await setTimers(cluster, ports);
  if (isWarningDue(lifetime, now)) await warnOfEnd(lifetimeRef, ports);
  if (isOverdue(lifetime, now)) await endLifetime(lifetimeRef, 'reconciler', ports);
};
