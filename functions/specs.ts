import { parse } from '#events/problem.ts';
import { SpecBody, SpecName } from '#events/specs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { putSpec, readSpec, readSpecs, removeSpec } from '#shared/clusters/schedules/specs.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const specsHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const target = targetOf(event);
    if (event.pathParameters?.['name'] === undefined) return answer(200, { specs: await readSpecs(target, ports) });
    const name = parse(SpecName, event.pathParameters['name']);
    switch (event.requestContext.http.method) {
      case 'PUT':
        return answer(200, await putSpec({ target, name }, parse(SpecBody, jsonBody(event)), ports));
      case 'DELETE':
        await removeSpec({ target, name }, ports);
        return answer(200, { name });
      default:
        return answer(200, await readSpec({ target, name }, ports));
    }
  });

export const handler = specsHandler(live);
