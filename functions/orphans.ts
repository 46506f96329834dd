import { parse } from '#events/problem.ts';
import { OrphanRemoval } from '#events/http/queries.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { findOrphans, removeOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const orphansHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const target = parseTarget(event);
    if (event.requestContext.http.method === 'GET') return respond(200, { orphans: await findOrphans(target, ports) });
    const { orphans } = parse(OrphanRemoval, parseBody(event));
    return respond(200, { orphans: await removeOrphans(target, orphans, ports) });
  });

export const handler = orphansHandler(live);
