import type { World } from '#shared/clusters/ports/ports.ts';
import { readRevision, readRevisions } from '#shared/clusters/queries/revisions.ts';
import { readSnapshot, readSnapshots } from '#shared/clusters/queries/snapshots.ts';
import { revisionSpecs, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseClusterRef, parsePage, parsePathParameter } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

/** What a cluster ID has been: its revisions and snapshots. One function reads both, because a stack may have 500 resources. */
export const revisionsHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/clusters/{clusterId}/revisions': async (event, ports) =>
      respond(200, renderPage('revisions', await readRevisions(parseClusterRef(event), parsePage(event), ports))),

    'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}': async (event, ports) => {
      const number = Number(parsePathParameter('revision', event));
      return respond(200, await readRevision({ ...parseClusterRef(event), number }, ports));
    },

    'GET /v1/targets/{target}/clusters/{clusterId}/snapshots': async (event, ports) =>
      respond(200, renderPage('snapshots', await readSnapshots(parseClusterRef(event), parsePage(event), ports))),

    'GET /v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}': async (event, ports) => {
      const snapshotId = parsePathParameter('snapshotId', event);
      return respond(200, await readSnapshot({ ...parseClusterRef(event), snapshotId }, ports));
    },
  });

export const handler = revisionsHandler(openWorld<'revisions'>({ table, revisionSpecs }));
