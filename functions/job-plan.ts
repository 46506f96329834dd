import { JobPlanRequest } from '#events/http/plans.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { planJob } from '#shared/clusters/queries/job-plan.ts';
import { live } from '#shared/live.ts';

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

export const handler = jobPlanHandler(live);
