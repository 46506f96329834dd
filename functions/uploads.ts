import { UploadRequest } from '#events/http/uploads.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { createUpload } from '#shared/clusters/queries/uploads.ts';
import { jars, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const uploadsHandler = (world: World) =>
  routesHandler(world, {
    'POST /v1/targets/{target}/uploads': async (event, ports) => {
      const request = parse(UploadRequest, parseBody(event));
      const upload = await createUpload({ target: parseTarget(event), ...request }, ports);
      return respond(201, { ...upload, expiresAt: upload.expiresAt.toISOString() });
    },
  });

export const handler = uploadsHandler(openWorld<'uploads'>({ table, jars }));
