import middy from '@middy/core';

import type { Principal } from '#events/principal.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';

import { background } from '../middleware/background.ts';
import { failEarly } from './timeout.ts';

interface ScheduledFunction {
  /** The part of Drey that the function is. */
  readonly principal: Principal;
  readonly handle: (ports: Ports) => Promise<void>;
}

/** A function that EventBridge Scheduler calls at a fixed rate. */
export const scheduledHandler = (world: World, { principal, handle }: ScheduledFunction) =>
  middy(failEarly())
    .use(background(principal))
    .handler(async (_event, _context, { signal }) => handle(portsFor(world, { signal, principal })));
