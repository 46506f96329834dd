import type { APIGatewayProxyEventV2 } from 'aws-lambda';

import type { World } from '#shared/clusters/ports/ports.ts';
import { listBatchItems } from '#shared/clusters/queries/operations.ts';
import { readOperation } from '#shared/clusters/queue/read-operation.ts';
import { live } from '#shared/live.ts';

import { routesHandler } from './handlers/http.ts';
import { parsePage, parsePathParameter } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

const parseOperationId = (event: APIGatewayProxyEventV2) => parsePathParameter('operationId', event);

export const operationHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/operations/{operationId}': async (event, ports) =>
      respond(200, await readOperation(parseOperationId(event), ports)),

    'GET /v1/operations/{operationId}/items': async (event, ports) =>
      respond(200, renderPage('batchItems', await listBatchItems(parseOperationId(event), parsePage(event), ports))),
  });

export const handler = operationHandler(live);
