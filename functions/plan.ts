import { PlanRequest } from '#events/http/plans.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { jars, kubernetes, payloads, resolver, revisionSpecs, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const planHandler = (world: World) =>
  routesHandler(world, {
    'POST /v1/targets/{target}/plans': async (event, ports) => {
      const data = parse(PlanRequest, parseBody(event));
      return respond(200, await planDeploy(parseTarget(event), data, ports));
    },
  });

export const handler = planHandler(openWorld<'plan'>({ table, kubernetes, jars, payloads, resolver, revisionSpecs }));
