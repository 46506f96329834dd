import document from '#events/openapi.json' with { type: 'json' };
import { live, version } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { respond } from './handlers/responses.ts';

export const handler = httpHandler(live, async (event) =>
  event.rawPath.endsWith('/health') ? respond(200, { status: 'ok', version }) : respond(200, document),
);
