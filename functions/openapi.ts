import document from '#events/openapi.json' with { type: 'json' };
import { version } from '#shared/live.ts';

import { answer } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const handler = http().handler(async (event) =>
  event.rawPath.endsWith('/health') ? answer(200, { status: 'ok', version }) : answer(200, document),
);
