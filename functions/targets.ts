import { parse } from '#events/problems/problem.ts';
import { Target } from '#events/records/target.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { checkTarget } from '#shared/clusters/queries/target-check.ts';
import { listTargets, putTarget, removeTarget } from '#shared/clusters/queries/targets.ts';
import { inspection, kubernetes, specs, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseBody, parsePage, parseTarget } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

export const targetsHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets': async (event, ports) =>
      respond(200, renderPage('targets', await listTargets(parsePage(event), ports))),

    'PUT /v1/targets/{target}': async (event, ports) =>
      respond(200, await putTarget(parseTarget(event), parse(Target, parseBody(event)), ports)),

    'GET /v1/targets/{target}/check': async (event, ports) =>
      respond(200, await checkTarget(parseTarget(event), ports)),

    'DELETE /v1/targets/{target}': async (event, ports) => {
      const name = parseTarget(event);
      await removeTarget(name, ports);
      return respond(200, { name });
    },
  });

export const handler = targetsHandler(openWorld<'targets'>({ table, kubernetes, inspection, specs }));
