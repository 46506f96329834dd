import { OperationId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { BacklogChange, PriorityChange } from '#events/requests.ts';
import { drain, prioritise, readBacklog, readOperation, revoke } from '#shared/clusters/backlog.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const backlogHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const target = targetOf(event);
    const { method } = event.requestContext.http;
    if (event.pathParameters?.['operationId'] === undefined) {
      if (method === 'PUT') await drain(target, parse(BacklogChange, jsonBody(event)).drained, ports);
      return answer(200, await readBacklog(target, ports));
    }
    const operationId = parse(OperationId, event.pathParameters['operationId']);
    if (method === 'POST') return answer(200, { revoked: await revoke(target, operationId, ports) });
    await prioritise(target, operationId, parse(PriorityChange, jsonBody(event)).priority, ports);
    return answer(200, await readOperation(operationId, ports));
  });

export const handler = backlogHandler(live);
