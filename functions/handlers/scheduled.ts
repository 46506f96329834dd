import middy from '@middy/core';

import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';

import { failures } from '../middleware/failures.ts';
import { failEarly } from './timeout.ts';

/** A function that EventBridge Scheduler calls at a fixed rate. */
export const scheduledHandler = (world: World, handle: (ports: Ports) => Promise<void>) =>
  middy(failEarly())
    .use(failures())
    .handler(async (_event, _context, { signal }) => handle(portsFor(world, { signal })));
