import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { anonymous } from '#events/principal.ts';
import { log } from '#shared/live.ts';

import { findCaller } from '../handlers/principal.ts';

/** Writes one log line for each HTTP request. */
export const invocation = (): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => {
  let startedMs = 0;
  return {
    before: ({ event, context }) => {
      startedMs = Date.now();
      log.resetKeys();
      log.appendKeys({
        requestId: context.awsRequestId,
        origin: 'http',
        principal: findCaller(event) ?? anonymous,
        route: event.routeKey,
        target: event.pathParameters?.['target'],
        clusterId: event.pathParameters?.['clusterId'],
      });
    },
    after: ({ response }) => record(response, startedMs),
    onError: ({ response }) => record(response, startedMs),
  };
};

const record = (response: APIGatewayProxyStructuredResultV2 | null | undefined, startedMs: number) => {
  const status = response?.statusCode ?? 500;
  const outcome = status < 400 ? 'done' : status < 500 ? 'rejected' : 'failed';
  log.info('request answered', { status, outcome, durationMs: Date.now() - startedMs });
};
