import { parse } from '#events/problem.ts';
import { SpecBody, SpecName } from '#events/specs.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { putSpec, readSpec, readSpecs, removeSpec } from '#shared/clusters/schedules/specs.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const specsHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const target = parseTarget(event);
    if (event.pathParameters?.['name'] === undefined) return respond(200, { specs: await readSpecs(target, ports) });
    const name = parse(SpecName, event.pathParameters['name']);
    switch (event.requestContext.http.method) {
      case 'PUT':
        return respond(200, await putSpec({ target, name }, parse(SpecBody, parseBody(event)), ports));
      case 'DELETE':
        await removeSpec({ target, name }, ports);
        return respond(200, { name });
      default:
        return respond(200, await readSpec({ target, name }, ports));
    }
  });

export const handler = specsHandler(live);
