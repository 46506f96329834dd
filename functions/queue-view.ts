import { OperationId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { PriorityChange, QueueControl } from '#events/http/queue.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import {
  cancelQueued,
  prioritise,
  readOperation,
  readQueueView,
  setPaused,
} from '#shared/clusters/queue/queue-view.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const backlogHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const target = parseTarget(event);
    const { method } = event.requestContext.http;
    if (event.pathParameters?.['operationId'] === undefined) {
      if (method === 'PUT') await setPaused(target, parse(QueueControl, parseBody(event)).paused, ports);
      return respond(200, await readQueueView(target, ports));
    }
    const operationId = parse(OperationId, event.pathParameters['operationId']);
    if (method === 'POST') return respond(200, { canceled: await cancelQueued(target, operationId, ports) });
    await prioritise(target, operationId, parse(PriorityChange, parseBody(event)).priority, ports);
    return respond(200, await readOperation(operationId, ports));
  });

export const handler = backlogHandler(live);
