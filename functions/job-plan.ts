import { parse } from '#events/problem.ts';
import { JobPlanRequest } from '#events/http/plans.ts';
import { planJob } from '#shared/clusters/queries/job-plan.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, clusterRefOf } from '#functions/middleware/answers.ts';
import { http } from '#functions/middleware/http.ts';

export const jobplanHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) =>
    answer(200, { plan: await planJob(clusterRefOf(event), parse(JobPlanRequest, jsonBody(event)), ports, signal) }),
  );

export const handler = jobplanHandler(live);
