import { parse } from '#events/problem.ts';
import { RunQuery, ScheduleBody } from '#events/schedules.ts';
import { SpecName } from '#events/specs.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import {
  putSchedule,
  readRuns,
  readSchedule,
  readSchedules,
  removeSchedule,
} from '#shared/clusters/schedules/schedules.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const schedulesHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const target = parseTarget(event);
    if (event.pathParameters?.['name'] === undefined)
      return respond(200, { schedules: await readSchedules(target, ports) });
    const named = { target, name: parse(SpecName, event.pathParameters['name']) };
    if (event.routeKey.endsWith('/runs')) {
      const { limit } = parse(RunQuery, event.queryStringParameters ?? {});
      return respond(200, { runs: await readRuns(named, limit, ports) });
    }
    switch (event.requestContext.http.method) {
      case 'PUT':
        return respond(200, await putSchedule(named, parse(ScheduleBody, parseBody(event)), ports));
      case 'DELETE':
        await removeSchedule(named, ports);
        return respond(200, { name: named.name });
      default:
        return respond(200, (await readSchedule(named, ports)).value);
    }
  });

export const handler = schedulesHandler(live);
