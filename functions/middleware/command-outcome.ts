import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { toProblem } from '#events/problems/problem.ts';
import type { Metrics } from '#shared/clusters/ports/runtime.ts';
import type { DimensionOf } from '#shared/metrics.ts';

import { describeCaller } from '../handlers/principal.ts';
import { toOutcome } from '../handlers/responses.ts';

/** Counts each command that arrives by HTTP, by its outcome. */
export const commandOutcome = (
  metrics: Metrics,
): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => {
  const count = (outcome: DimensionOf<'Commands'>['outcome'], event: APIGatewayProxyEventV2) => {
    const { routeKey: route, pathParameters } = event;
    const fields = { principal: describeCaller(event), origin: 'http', route, target: pathParameters?.['target'] };
    metrics.record('Commands', { outcome, fields });
  };
  return {
    after: ({ event }) => count('done', event),
    onError: ({ event, error }) => count(toOutcome(toProblem(error)), event),
  };
};
