import { dreyPrincipals } from '#events/principal.ts';
import { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { reconcileTarget } from '#shared/clusters/reconcile/reconcile-target.ts';
import {
  keptLogs,
  kubernetes,
  payloads,
  queues,
  revisionSpecs,
  table,
  timers,
  workflows,
} from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { parseMessage, sqsHandler } from './handlers/sqs.ts';

/** Reconciles one target, or some of its clusters. The next minute's pass covers what this one does not reach in time. */
export const reconcileHandler = (world: World) =>
  sqsHandler(world, {
    principal: dreyPrincipals.reconcile,
    handle: async ({ body }, ports) => reconcileTarget(parseMessage(ReconcileRequest, body), ports),
  });

export const handler = reconcileHandler(
  openWorld<'reconcile'>({ table, kubernetes, workflows, payloads, revisionSpecs, keptLogs, queues, timers }),
);
