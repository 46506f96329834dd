import type { World } from '#shared/clusters/ports/ports.ts';
import { listBatchItems } from '#shared/clusters/queries/operations.ts';
import { readOperation } from '#shared/clusters/queue/read-operation.ts';
import { table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseOperationRef, parsePage } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

export const operationHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/operations/{operationId}': async (event, ports) =>
      respond(200, await readOperation(parseOperationRef(event), ports)),

    'GET /v1/targets/{target}/operations/{operationId}/items': async (event, ports) =>
      respond(200, renderPage('batchItems', await listBatchItems(parseOperationRef(event), parsePage(event), ports))),
  });

export const handler = operationHandler(openWorld<'operation'>({ table }));
