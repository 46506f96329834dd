import { JobPlanRequest } from '#events/http/plans.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { planJob } from '#shared/clusters/queries/job-plan.ts';
import { jars, kubernetes, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseBody, parseClusterRef } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const jobPlanHandler = (world: World) =>
  routesHandler(world, {
    'POST /v1/targets/{target}/clusters/{clusterId}/job-plans': async (event, ports) => {
      const clusterRef = parseClusterRef(event);
      const request = parse(JobPlanRequest, parseBody(event));
      return respond(200, { plan: await planJob(clusterRef, request, ports) });
    },
  });

export const handler = jobPlanHandler(openWorld<'jobPlan'>({ table, kubernetes, jars }));
