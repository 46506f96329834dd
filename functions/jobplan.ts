import { parse } from '#events/problem.ts';
import { JobPlanRequest } from '#events/requests.ts';
import { planJob } from '#shared/clusters/job-plan.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, placeOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const jobplanHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) =>
    answer(200, { plan: await planJob(placeOf(event), parse(JobPlanRequest, jsonBody(event)), ports, signal) }),
  );

export const handler = jobplanHandler(live);
