import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { toProblem } from '#events/problems/problem.ts';
import type { Metrics } from '#shared/clusters/ports/runtime.ts';
import type { DimensionOf } from '#shared/metrics.ts';

import { toOutcome } from '../handlers/responses.ts';

/** Counts each command that arrives by HTTP, by its outcome. */
export const commandOutcome = (
  metrics: Metrics,
): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => {
  const count = (outcome: DimensionOf<'Commands'>['outcome'], { routeKey, pathParameters }: APIGatewayProxyEventV2) =>
    metrics.record('Commands', {
      outcome,
      fields: { origin: 'http', route: routeKey, target: pathParameters?.['target'] },
    });
  return {
    after: ({ event }) => count('done', event),
    onError: ({ event, error }) => count(toOutcome(toProblem(error)), event),
  };
};
