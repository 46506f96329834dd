import { commands } from '#events/commands/index.ts';
import { parse } from '#events/problem.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const planHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) => {
    const data = parse(commands.deploy.data, jsonBody(event));
    return answer(200, await planDeploy(targetOf(event), data, ports, signal));
  });

export const handler = planHandler(live);
