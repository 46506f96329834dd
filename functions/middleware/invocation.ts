import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { log } from '#shared/live.ts';

const metrics = new Metrics({ namespace: 'Drey', serviceName: 'drey' });

/** One log line and one count per HTTP request. */
export const invocation = (): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => {
  let began = 0;
  return {
    before: ({ event, context }) => {
      began = Date.now();
      log.resetKeys();
      log.appendKeys({
        function: context.functionName,
        requestId: context.awsRequestId,
        origin: 'http',
        route: event.routeKey,
        target: event.pathParameters?.['target'],
        clusterId: event.pathParameters?.['clusterId'],
      });
    },
    after: ({ response }) => tell(response, began),
    onError: ({ response }) => tell(response, began),
  };
};

const tell = (response: APIGatewayProxyStructuredResultV2 | null | undefined, began: number) => {
  const status = response?.statusCode ?? 500;
  const outcome = status < 400 ? 'done' : status < 500 ? 'rejected' : 'failed';
  log.info('request answered', { status, outcome, durationMs: Date.now() - began });
  count('Requests', outcome);
};

/** Counts one of `name`, by outcome. */
export const count = (name: string, outcome: string, extra: Readonly<Record<string, string>> = {}) =>
  metrics
    .singleMetric()
    .addDimensions({ outcome, ...extra })
    .addMetric(name, MetricUnit.Count, 1);
