import type { World } from '#shared/clusters/ports/ports.ts';
import { reportOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { syncSchedules } from '#shared/clusters/schedules/sync-schedules.ts';
import { live } from '#shared/live.ts';

import { scheduledHandler } from './handlers/scheduled.ts';

/** Syncs schedules, renews jars and reports orphans, once an hour. */
export const maintenanceHandler = (world: World) =>
  scheduledHandler(world, async (ports) => {
    await syncSchedules(ports);
    await renewJars(ports);
    await reportOrphans(ports);
  });

export const handler = maintenanceHandler(live);
