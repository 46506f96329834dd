import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { Fault } from '#events/problem.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';

import { invocation } from '../middleware/invocation.ts';
import { problems } from '../middleware/problems.ts';
import { type Answer, toResponse } from './responses.ts';
import { timeoutEarlyMs } from './timeout.ts';

type Handle = (event: APIGatewayProxyEventV2, ports: Ports) => Promise<Answer>;

const throwDeadlineExceeded = () => {
  throw new Fault(
    'deadline-exceeded',
    'The request took too long. The operation continues: repeat the request with the same Idempotency-Key.',
  );
};

/** A function behind the HTTP API: one log line for each request, and problem+json for everything that is thrown. */
export const httpHandler = (world: World, handle: Handle) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
    timeoutEarlyInMillis: timeoutEarlyMs,
    timeoutEarlyResponse: throwDeadlineExceeded,
  })
    .use(invocation())
    .use(problems(world.metrics))
    .handler(async (event, _context, { signal }) =>
      toResponse(event.routeKey, await handle(event, portsFor(world, { signal }))),
    );

/** A function behind several routes of the HTTP API. `infra/functions.ts` creates them from `events/http/api.ts`. */
export const routesHandler = (world: World, routes: Readonly<Record<string, Handle>>) =>
  httpHandler(world, async (event, ports) => {
    const handle = routes[event.routeKey];
    if (handle === undefined) throw new Error(`this function has no route ${event.routeKey}`);
    return handle(event, ports);
  });
