import { dreyPrincipals } from '#events/principal.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { queues, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { scheduledHandler } from './handlers/scheduled.ts';

/** Requests a pass over every target, once a minute. */
export const dispatchReconcileHandler = (world: World) =>
  scheduledHandler(world, { principal: dreyPrincipals.reconcile, handle: dispatchReconcile });

export const handler = dispatchReconcileHandler(openWorld<'dispatchReconcile'>({ table, queues }));
