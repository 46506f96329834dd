import { parse } from '#events/problem.ts';
import { EventQuery } from '#events/requests.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { readCluster, readTransitions } from '#shared/clusters/reads.ts';
import { live } from '#shared/live.ts';

import { answer, placeOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const clusterHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const place = placeOf(event);
    if (!event.routeKey.endsWith('/events')) return answer(200, await readCluster(place, ports));
    const range = parse(EventQuery, event.queryStringParameters ?? {});
    const transitions = await readTransitions(place, range, ports);
    return answer(200, { transitions, last: transitions.at(-1)?.sequence ?? range.after });
  });

export const handler = clusterHandler(live);
