import { Redrive } from '#events/http/dead-letters.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { listDeadLetters, redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import { queues, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseBody } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const deadLettersHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/dead-letters': async (_event, ports) => respond(200, await listDeadLetters(ports)),

    'POST /v1/dead-letters/redrive': async (event, ports) => {
      const { ids } = parse(Redrive, parseBody(event));
      return respond(200, await redriveDeadLetters(ids, ports));
    },
  });

export const handler = deadLettersHandler(openWorld<'deadLetters'>({ table, queues }));
