import middy from '@middy/core';

import { keepJars } from '#shared/clusters/keep-jars.ts';
import { tellOfOrphans } from '#shared/clusters/orphans.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { keepSchedules } from '#shared/clusters/schedules.ts';
import { live } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';

/** Each hour. */
export const janitorHandler = (ports: Ports) =>
  middy({ timeoutEarlyInMillis: earlyMs }).handler(async (_event, _context, { signal }) => {
    await keepSchedules(ports);
    await keepJars(ports);
    await tellOfOrphans(ports, signal);
  });

export const handler = janitorHandler(live);
