import middy from '@middy/core';

import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { reportOrphans } from '#shared/clusters/reconcile/orphans.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { syncSchedules } from '#shared/clusters/schedules/schedules.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from '#functions/middleware/http.ts';

/** Each hour. */
export const janitorHandler = (ports: Ports) =>
  middy({ timeoutEarlyInMillis: earlyMs }).handler(async (_event, _context, { signal }) => {
    await syncSchedules(ports);
    await renewJars(ports);
    await reportOrphans(ports, signal);
  });

export const handler = janitorHandler(live);
