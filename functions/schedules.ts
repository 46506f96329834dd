import { parse } from '#events/problem.ts';
import { RunQuery, ScheduleBody } from '#events/schedules.ts';
import { SpecName } from '#events/specs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import {
  putSchedule,
  readRuns,
  readSchedule,
  readSchedules,
  removeSchedule,
} from '#shared/clusters/schedules/schedules.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const schedulesHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const target = targetOf(event);
    if (event.pathParameters?.['name'] === undefined)
      return answer(200, { schedules: await readSchedules(target, ports) });
    const named = { target, name: parse(SpecName, event.pathParameters['name']) };
    if (event.routeKey.endsWith('/runs')) {
      const { limit } = parse(RunQuery, event.queryStringParameters ?? {});
      return answer(200, { runs: await readRuns(named, limit, ports) });
    }
    switch (event.requestContext.http.method) {
      case 'PUT':
        return answer(200, await putSchedule(named, parse(ScheduleBody, jsonBody(event)), ports));
      case 'DELETE':
        await removeSchedule(named, ports);
        return answer(200, { name: named.name });
      default:
        return answer(200, (await readSchedule(named, ports)).value);
    }
  });

export const handler = schedulesHandler(live);
