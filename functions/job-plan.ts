import { parse } from '#events/problem.ts';
import { JobPlanRequest } from '#events/http/plans.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { planJob } from '#shared/clusters/queries/job-plan.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody, parseClusterRef } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const jobplanHandler = (world: World) =>
  httpHandler(world, async (event, ports) =>
    respond(200, { plan: await planJob(parseClusterRef(event), parse(JobPlanRequest, parseBody(event)), ports) }),
  );

export const handler = jobplanHandler(live);
