import { Target } from '#events/model.ts';
import { parse } from '#events/problem.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const targetsHandler = (ports: Ports) =>
  http().handler(async (event) => {
    if (event.requestContext.http.method === 'GET') return answer(200, { targets: await ports.targets.list() });
    const name = targetOf(event);
    const target = parse(Target, jsonBody(event));
    await ports.targets.put(name, target);
    return answer(200, { ...target, name });
  });

export const handler = targetsHandler(live);
