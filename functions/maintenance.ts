import pMap from 'p-map';

import { dreyPrincipals } from '#events/principal.ts';
import { codeOfFailure } from '#shared/clusters/ports/failures.ts';
import type { Ports, World } from '#shared/clusters/ports/ports.ts';
import { reportOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { renewRevisions } from '#shared/clusters/reconcile/renew-revisions.ts';
import { syncSchedules } from '#shared/clusters/schedules/sync-schedules.ts';
import { bus, jars, kubernetes, payloads, revisionSpecs, table, timers } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { scheduledHandler } from './handlers/scheduled.ts';

const parts = { schedules: syncSchedules, jars: renewJars, revisions: renewRevisions, orphans: reportOrphans };

/** Syncs schedules, renews jars and revisions, and reports orphans, once an hour. Each part runs, also after another one failed. */
export const maintenanceHandler = (world: World) =>
  scheduledHandler(world, { principal: dreyPrincipals.maintenance, handle: maintainAll });

const maintainAll = async (ports: Ports): Promise<void> => {
  const run = async ([part, maintain]: [string, (ports: Ports) => Promise<void>]) => {
    try {
      await maintain(ports);
    } catch (error) {
      ports.metrics.record('FailedMaintenance', { fields: { part, code: codeOfFailure(error) } });
      throw error;
    }
  };
  await pMap(Object.entries(parts), run, { concurrency: 1, stopOnError: false });
};

export const handler = maintenanceHandler(
  openWorld<'maintenance'>({ table, kubernetes, jars, payloads, revisionSpecs, bus, timers }),
);
