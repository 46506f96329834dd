import type { APIGatewayProxyEventV2 } from 'aws-lambda';

import { parse } from '#events/problems/problem.ts';
import { SpecBody } from '#events/records/specs.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { listSpecs, putSpec, readSpec, removeSpec } from '#shared/clusters/schedules/specs.ts';
import { specs, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { getCaller } from './handlers/principal.ts';
import { parseBody, parsePage, parsePathParameter, parseTarget } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

const parseSpecRef = (event: APIGatewayProxyEventV2) => ({
  target: parseTarget(event),
  name: parsePathParameter('name', event),
});

export const specsHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/specs': async (event, ports) =>
      respond(200, renderPage('specs', await listSpecs(parseTarget(event), parsePage(event), ports))),

    'GET /v1/targets/{target}/specs/{name}': async (event, ports) =>
      respond(200, await readSpec(parseSpecRef(event), ports)),

    'PUT /v1/targets/{target}/specs/{name}': async (event, ports) => {
      const spec = { deploy: parse(SpecBody, parseBody(event)), updatedBy: getCaller(event) };
      return respond(200, await putSpec(parseSpecRef(event), spec, ports));
    },

    'DELETE /v1/targets/{target}/specs/{name}': async (event, ports) => {
      const specRef = parseSpecRef(event);
      await removeSpec(specRef, ports);
      return respond(200, { name: specRef.name });
    },
  });

export const handler = specsHandler(openWorld<'specs'>({ table, specs }));
