import { parse } from '#events/problem.ts';
import { Target } from '#events/target.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { putTarget, removeTarget } from '#shared/clusters/queries/targets.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const targetsHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const { method } = event.requestContext.http;
    if (method === 'GET') return respond(200, { targets: await ports.targets.list() });
    const name = parseTarget(event);
    if (method === 'PUT') return respond(200, await putTarget(name, parse(Target, parseBody(event)), ports));
    await removeTarget(name, ports);
    return respond(200, { name });
  });

export const handler = targetsHandler(live);
