import type { APIGatewayProxyEventV2 } from 'aws-lambda';

import { parse } from '#events/problems/problem.ts';
import { RunQuery, ScheduleBody } from '#events/records/schedules.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { listRuns } from '#shared/clusters/schedules/runs.ts';
import { listSchedules, putSchedule, readSchedule, removeSchedule } from '#shared/clusters/schedules/schedules.ts';
import { specs, table, timers } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { getCaller } from './handlers/principal.ts';
import { parseBody, parsePage, parsePathParameter, parseTarget } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

const parseScheduleName = (event: APIGatewayProxyEventV2) => ({
  target: parseTarget(event),
  name: parsePathParameter('name', event),
});

export const schedulesHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/schedules': async (event, ports) =>
      respond(200, renderPage('schedules', await listSchedules(parseTarget(event), parsePage(event), ports))),

    'GET /v1/targets/{target}/schedules/{name}': async (event, ports) =>
      respond(200, (await readSchedule(parseScheduleName(event), ports)).value),

    'PUT /v1/targets/{target}/schedules/{name}': async (event, ports) => {
      const definition = parse(ScheduleBody, parseBody(event));
      const updatedBy = getCaller(event);
      return respond(200, await putSchedule(parseScheduleName(event), { definition, updatedBy }, ports));
    },

    'DELETE /v1/targets/{target}/schedules/{name}': async (event, ports) => {
      const scheduleName = parseScheduleName(event);
      await removeSchedule(scheduleName, ports);
      return respond(200, { name: scheduleName.name });
    },

    'GET /v1/targets/{target}/schedules/{name}/runs': async (event, ports) => {
      const scheduleName = parseScheduleName(event);
      const page = parse(RunQuery, event.queryStringParameters ?? {});
      return respond(200, renderPage('runs', await listRuns(scheduleName, page, ports)));
    },
  });

export const handler = schedulesHandler(openWorld<'schedules'>({ table, specs, timers }));
