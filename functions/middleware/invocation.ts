import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { anonymous } from '#events/anonymous.ts';
import type { Principal } from '#events/principal.ts';
import { logger } from '#shared/live/log.ts';

interface Requests {
  /** The authenticated caller. Undefined on a route without authorization. */
  readonly findCaller: (event: APIGatewayProxyEventV2) => Principal | undefined;
  /** The outcome of a request that failed. */
  readonly toOutcome: (error: unknown) => string;
}

/** Writes one log line for each HTTP request. */
export const invocation = ({
  findCaller,
  toOutcome,
}: Requests): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => {
  let startedMs = 0;
  return {
    before: ({ event, context }) => {
      startedMs = Date.now();
      logger.resetKeys();
      logger.appendKeys({
        requestId: context.awsRequestId,
        origin: 'http',
        principal: findCaller(event) ?? anonymous,
        route: event.routeKey,
        target: event.pathParameters?.['target'],
        clusterId: event.pathParameters?.['clusterId'],
      });
    },
    after: ({ response }) => record({ response, outcome: 'done', startedMs }),
    onError: ({ response, error }) => record({ response, outcome: toOutcome(error), startedMs }),
  };
};

interface Answered {
  readonly response: APIGatewayProxyStructuredResultV2 | null | undefined;
  readonly outcome: string;
  readonly startedMs: number;
}

const record = ({ response, outcome, startedMs }: Answered) =>
  logger.info('request answered', {
    status: response?.statusCode ?? 500,
    outcome,
    durationMs: Date.now() - startedMs,
  });
