import { parse } from '#events/problem.ts';
import { EventQuery } from '#events/http/queries.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readCluster, readTransitions } from '#shared/clusters/queries/reads.ts';
import { live } from '#shared/live.ts';

import { answer, clusterRefOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const clusterHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const clusterRef = clusterRefOf(event);
    if (!event.routeKey.endsWith('/events')) return answer(200, await readCluster(clusterRef, ports));
    const range = parse(EventQuery, event.queryStringParameters ?? {});
    const transitions = await readTransitions(clusterRef, range, ports);
    return answer(200, { transitions, last: transitions.at(-1)?.sequence ?? range.after });
  });

export const handler = clusterHandler(live);
