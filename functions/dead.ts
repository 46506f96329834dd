import { parse } from '#events/problem.ts';
import { Redrive } from '#events/requests.ts';
import { readDead, redriveDead } from '#shared/clusters/dead.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const deadHandler = (ports: Ports) =>
  http().handler(async (event) => {
    if (event.requestContext.http.method === 'GET') return answer(200, await readDead(ports));
    return answer(200, await redriveDead(parse(Redrive, jsonBody(event)).ids, ports));
  });

export const handler = deadHandler(live);
