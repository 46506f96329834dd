import { OperationId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { readOperation } from '#shared/clusters/backlog.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { operationOf } from '#shared/clusters/records.ts';
import { live } from '#shared/live.ts';

import { answer } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const operationHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const operationId = parse(OperationId, event.pathParameters?.['operationId']);
    if (!event.routeKey.endsWith('/elements')) return answer(200, await readOperation(operationId, ports));
    await operationOf(operationId, ports.store);
    return answer(200, { elements: await ports.store.elements(operationId) });
  });

export const handler = operationHandler(live);
