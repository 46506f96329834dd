import { Target } from '#events/target.ts';
import { parse } from '#events/problem.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { putTarget, removeTarget } from '#shared/clusters/queries/targets.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const targetsHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) => {
    const { method } = event.requestContext.http;
    if (method === 'GET') return answer(200, { targets: await ports.targets.list() });
    const name = targetOf(event);
    if (method === 'PUT') return answer(200, await putTarget(name, parse(Target, jsonBody(event)), ports, signal));
    await removeTarget(name, ports);
    return answer(200, { name });
  });

export const handler = targetsHandler(live);
