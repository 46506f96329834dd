import { parse } from '#events/problem.ts';
import { EventQuery } from '#events/http/queries.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { readCluster, readTransitions } from '#shared/clusters/queries/reads.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseClusterRef } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const clusterHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const clusterRef = parseClusterRef(event);
    if (!event.routeKey.endsWith('/events')) return respond(200, await readCluster(clusterRef, ports));
    const range = parse(EventQuery, event.queryStringParameters ?? {});
    const transitions = await readTransitions(clusterRef, range, ports);
    return respond(200, { transitions, last: transitions.at(-1)?.sequence ?? range.after });
  });

export const handler = clusterHandler(live);
