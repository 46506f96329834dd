import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { Fault } from '#events/problem.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';

import { invocation } from '../middleware/invocation.ts';
import { problems } from '../middleware/problems.ts';
import { timeoutEarlyMs } from './timeout.ts';

const throwDeadlineExceeded = () => {
  throw new Fault(
    'deadline-exceeded',
    'The request took too long. The operation continues: repeat the request with the same Idempotency-Key.',
  );
};

/** A function behind the HTTP API: one log line for each request, and problem+json for everything that is thrown. */
export const httpHandler = (
  world: World,
  handle: (event: APIGatewayProxyEventV2, ports: Ports) => Promise<APIGatewayProxyStructuredResultV2>,
) =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
    timeoutEarlyInMillis: timeoutEarlyMs,
    timeoutEarlyResponse: throwDeadlineExceeded,
  })
    .use(invocation())
    .use(problems())
    .handler(async (event, _context, { signal }) => handle(event, portsFor(world, signal)));
