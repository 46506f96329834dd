import document from '#events/openapi.json' with { type: 'json' };
import type { World } from '#shared/clusters/ports/ports.ts';
import { version } from '#shared/live/log.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { respond } from './handlers/responses.ts';

export const openapiHandler = (world: World) =>
  routesHandler(world, {
    'GET /health': async () => respond(200, { status: 'ok', version }),
    'GET /openapi.json': async () => respond(200, document),
  });

export const handler = openapiHandler(openWorld<'openapi'>({}));
