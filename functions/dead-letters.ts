import { parse } from '#events/problem.ts';
import { Redrive } from '#events/http/dead-letters.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { listDeadLetters, redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const deadHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    if (event.requestContext.http.method === 'GET') return respond(200, await listDeadLetters(ports));
    return respond(200, await redriveDeadLetters(parse(Redrive, parseBody(event)).ids, ports));
  });

export const handler = deadHandler(live);
