import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import type { AnswerBody, QueryRoute } from '#events/http/answer-body.ts';
import { otherCalls } from '#events/http/api.ts';
import type { Call } from '#events/http/call.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';

import { anonymous } from '#events/anonymous.ts';
import { toProblem } from '#events/problems/problem.ts';
import { authorization } from '../middleware/authorization.ts';
import { conditional } from '../middleware/conditional.ts';
import { invocation } from '../middleware/invocation.ts';
import { problems } from '../middleware/problems.ts';
import { openCursor, sealCursor } from './cursors.ts';
import { findCaller } from './principal.ts';
import { type Answer, toOutcome, toResponse } from './responses.ts';
import { failEarly } from './timeout.ts';

type Handle<Body = unknown> = (event: APIGatewayProxyEventV2, ports: Ports) => Promise<Answer<Body>>;

const deadlineDetail =
  'The request took too long. The operation continues: repeat the request with the same Idempotency-Key.';

/**
 * A function behind the HTTP API: one log line for each request, problem+json for everything that is thrown, and the rights of
 * the caller.
 *
 * @param calls Those of the function, by route. Its bundle has their schemas.
 */
export const httpHandler = (world: World, calls: Readonly<Record<string, Call>>, handle: Handle) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(failEarly(deadlineDetail))
    .use(invocation({ findCaller, toOutcome: (error) => toOutcome(toProblem(error)) }))
    .use(problems(world.metrics))
    .use(authorization(world.grants))
    .handler(async (event, _context, { signal }) => {
      const ports = portsFor(world, { signal, principal: findCaller(event) ?? anonymous });
      const { routeKey: route } = event;
      return toResponse({ route, call: calls[route], answer: await handle(event, ports) }, ports.log);
    });

/** The handler of each route, which answers what the route documents. */
type Routes = { readonly [R in QueryRoute]?: Handle<AnswerBody<R>> };

/** A function behind one or more routes of the HTTP API that are not commands. `infra/functions.ts` creates them from `events/http/api.ts`. */
export const routesHandler = (world: World, routes: Routes) =>
  httpHandler(world, otherCalls, async (event, ports) => {
    const handle = new Map<string, Handle | undefined>(Object.entries(routes)).get(event.routeKey);
    if (handle === undefined) throw new Error(`this function has no route ${event.routeKey}`);
    return sealCursor(await handle(openCursor(event), ports), event);
  }).use(conditional());
