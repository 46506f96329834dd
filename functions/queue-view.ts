import { OperationId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { PriorityChange, QueueControl } from '#events/http/queue.ts';
import {
  setPaused,
  prioritise,
  readQueueView,
  readOperation,
  cancelQueued,
} from '#shared/clusters/queue/queue-view.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from '#functions/middleware/answers.ts';
import { http } from '#functions/middleware/http.ts';

export const backlogHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const target = targetOf(event);
    const { method } = event.requestContext.http;
    if (event.pathParameters?.['operationId'] === undefined) {
      if (method === 'PUT') await setPaused(target, parse(QueueControl, jsonBody(event)).paused, ports);
      return answer(200, await readQueueView(target, ports));
    }
    const operationId = parse(OperationId, event.pathParameters['operationId']);
    if (method === 'POST') return answer(200, { canceled: await cancelQueued(target, operationId, ports) });
    await prioritise(target, operationId, parse(PriorityChange, jsonBody(event)).priority, ports);
    return answer(200, await readOperation(operationId, ports));
  });

export const handler = backlogHandler(live);
