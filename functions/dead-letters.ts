import { parse } from '#events/problem.ts';
import { Redrive } from '#events/http/dead-letters.ts';
import { listDeadLetters, redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody } from '#functions/middleware/answers.ts';
import { http } from '#functions/middleware/http.ts';

export const deadHandler = (ports: Ports) =>
  http().handler(async (event) => {
    if (event.requestContext.http.method === 'GET') return answer(200, await listDeadLetters(ports));
    return answer(200, await redriveDeadLetters(parse(Redrive, jsonBody(event)).ids, ports));
  });

export const handler = deadHandler(live);
