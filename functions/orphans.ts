import { parse } from '#events/problem.ts';
import { OrphanRemoval } from '#events/http/queries.ts';
import { findOrphans, removeOrphans } from '#shared/clusters/reconcile/orphans.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const orphansHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) => {
    const target = targetOf(event);
    if (event.requestContext.http.method === 'GET')
      return answer(200, { orphans: await findOrphans(target, ports, signal) });
    const { orphans } = parse(OrphanRemoval, jsonBody(event));
    return answer(200, { orphans: await removeOrphans(target, orphans, ports, signal) });
  });

export const handler = orphansHandler(live);
