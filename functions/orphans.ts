import { OrphanRemoval } from '#events/http/queries.ts';
import { parse } from '#events/problems/problem.ts';
import { cutPage } from '#shared/clusters/model/page.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { findOrphans, removeOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { kubernetes, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseBody, parsePage, parseTarget } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

export const orphansHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/orphans': async (event, ports) =>
      respond(200, renderPage('orphans', cutPage(await findOrphans(parseTarget(event), ports), parsePage(event)))),

    'POST /v1/targets/{target}/orphans/removal': async (event, ports) => {
      const target = parseTarget(event);
      const { orphans } = parse(OrphanRemoval, parseBody(event));
      return respond(200, { orphans: await removeOrphans(target, orphans, ports) });
    },
  });

export const handler = orphansHandler(openWorld<'orphans'>({ table, kubernetes }));
