import { OperationId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { readOperation } from '#shared/clusters/queue/queue-view.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { respond } from './handlers/responses.ts';

export const operationHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const operationId = parse(OperationId, event.pathParameters?.['operationId']);
    if (!event.routeKey.endsWith('/items')) return respond(200, await readOperation(operationId, ports));
    await getOperation(operationId, ports.store);
    return respond(200, { batchItems: await ports.store.batchItems(operationId) });
  });

export const handler = operationHandler(live);
