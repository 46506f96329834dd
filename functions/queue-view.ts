import { PageQuery } from '#events/http/paging.ts';
import { PriorityChange, QueueControl } from '#events/http/queue.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { cancelQueued, setPaused, setPriority } from '#shared/clusters/queue/queue-control.ts';
import { readQueuePage } from '#shared/clusters/queue/queue-view.ts';
import { readOperation } from '#shared/clusters/queue/read-operation.ts';
import { payloads, queues, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseBody, parseOperationRef, parsePage, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const queueViewHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/queue': async (event, ports) =>
      respond(200, await readQueuePage(parseTarget(event), parsePage(event), ports)),

    'PUT /v1/targets/{target}/queue': async (event, ports) => {
      const target = parseTarget(event);
      await setPaused({ target, ...parse(QueueControl, parseBody(event)) }, ports);
      return respond(200, await readQueuePage(target, PageQuery.parse({}), ports));
    },

    'PUT /v1/targets/{target}/queue/{operationId}': async (event, ports) => {
      const operationRef = parseOperationRef(event);
      await setPriority({ ...operationRef, ...parse(PriorityChange, parseBody(event)) }, ports);
      return respond(200, await readOperation(operationRef, ports));
    },

    'POST /v1/targets/{target}/queue/{operationId}/cancel': async (event, ports) =>
      respond(200, { canceled: await cancelQueued(parseOperationRef(event), ports) }),
  });

export const handler = queueViewHandler(openWorld<'queueView'>({ table, payloads, queues }));
