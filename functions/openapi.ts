import document from '#events/openapi.json' with { type: 'json' };
import { live, version } from '#shared/live.ts';

import { routesHandler } from './handlers/http.ts';
import { respond } from './handlers/responses.ts';

export const handler = routesHandler(live, {
  'GET /health': async () => respond(200, { status: 'ok', version }),
  'GET /openapi.json': async () => respond(200, document),
});
