import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { Fault, toProblem } from '#events/problems/problem.ts';
import { logFailure } from '#shared/clusters/ports/failures.ts';
import type { Metrics } from '#shared/clusters/ports/runtime.ts';
import { log } from '#shared/live/log.ts';

import { describeCaller } from '../handlers/principal.ts';

/** Turns whatever was thrown into RFC 9457 problem details, and counts it. */
export const problems = (
  metrics: Metrics,
): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => ({
  onError: (request) => {
    const { error, event } = request;
    const problem = toProblem(error, event.rawPath);
    const fields = { principal: describeCaller(event), origin: 'http', route: event.routeKey };
    metrics.record('Failures', { code: problem.code, fields });
    if (problem.status >= 500) logFailure({ message: 'request failed', error, log });
    else log.info('request refused', { code: problem.code, detail: problem.detail });
    const retryAfter = error instanceof Fault ? error.retryAfterSeconds : undefined;
    request.response = {
      statusCode: problem.status,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      },
      body: JSON.stringify(problem),
    };
  },
});
