import { Target } from '#events/model.ts';
import { parse } from '#events/problem.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { putTarget } from '#shared/clusters/targets.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const targetsHandler = (ports: Ports) =>
  http().handler(async (event) => {
    if (event.requestContext.http.method === 'GET') return answer(200, { targets: await ports.targets.list() });
    const name = targetOf(event);
    const target = parse(Target, jsonBody(event));
    return answer(200, await putTarget(name, target, ports));
  });

export const handler = targetsHandler(live);
