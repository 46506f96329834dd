import pMap from 'p-map';

import type { World } from '#shared/clusters/ports/ports.ts';
import { reportOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { syncSchedules } from '#shared/clusters/schedules/sync-schedules.ts';
import { live } from '#shared/live.ts';

import { scheduledHandler } from './handlers/scheduled.ts';

/** Syncs schedules, renews jars and reports orphans, once an hour. Each part runs, also after a bug in another one. */
export const maintenanceHandler = (world: World) =>
  scheduledHandler(world, async (ports) => {
    await pMap([syncSchedules, renewJars, reportOrphans], (part) => part(ports), {
      concurrency: 1,
      stopOnError: false,
    });
  });

export const handler = maintenanceHandler(live);
