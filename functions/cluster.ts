import { EventQuery } from '#events/http/queries.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { readCluster, readTransitions } from '#shared/clusters/queries/clusters.ts';
import { table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseClusterRef } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const clusterHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/clusters/{clusterId}': async (event, ports) =>
      respond(200, await readCluster(parseClusterRef(event), ports)),

    'GET /v1/targets/{target}/clusters/{clusterId}/events': async (event, ports) => {
      const clusterRef = parseClusterRef(event);
      const range = parse(EventQuery, event.queryStringParameters ?? {});
      const transitions = await readTransitions(clusterRef, range, ports);
      return respond(200, { transitions, last: transitions.at(-1)?.sequence ?? range.after });
    },
  });

export const handler = clusterHandler(openWorld<'cluster'>({ table }));
