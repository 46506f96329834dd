import type { World } from '#shared/clusters/ports/ports.ts';
import { readRevision, readRevisions } from '#shared/clusters/queries/revisions.ts';
import { revisionSpecs, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseClusterRef, parsePage, parsePathParameter } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

export const revisionsHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/clusters/{clusterId}/revisions': async (event, ports) =>
      respond(200, renderPage('revisions', await readRevisions(parseClusterRef(event), parsePage(event), ports))),

    'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}': async (event, ports) => {
      const number = Number(parsePathParameter('revision', event));
      return respond(200, await readRevision({ ...parseClusterRef(event), number }, ports));
    },
  });

export const handler = revisionsHandler(openWorld<'revisions'>({ table, revisionSpecs }));
