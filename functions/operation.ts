import { OperationId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { readOperation } from '#shared/clusters/queue/queue-view.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { live } from '#shared/live.ts';

import { answer } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const operationHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const operationId = parse(OperationId, event.pathParameters?.['operationId']);
    if (!event.routeKey.endsWith('/items')) return answer(200, await readOperation(operationId, ports));
    await getOperation(operationId, ports.store);
    return answer(200, { batchItems: await ports.store.batchItems(operationId) });
  });

export const handler = operationHandler(live);
