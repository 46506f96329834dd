import type { World } from '#shared/clusters/ports/ports.ts';
import { readSnapshot, readSnapshots } from '#shared/clusters/queries/snapshots.ts';
import { table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseClusterRef, parsePage, parsePathParameter } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

export const snapshotsHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/clusters/{clusterId}/snapshots': async (event, ports) =>
      respond(200, renderPage('snapshots', await readSnapshots(parseClusterRef(event), parsePage(event), ports))),

    'GET /v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}': async (event, ports) => {
      const snapshotId = parsePathParameter('snapshotId', event);
      return respond(200, await readSnapshot({ ...parseClusterRef(event), snapshotId }, ports));
    },
  });

export const handler = snapshotsHandler(openWorld<'snapshots'>({ table }));
