import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { Fault } from '#events/problem.ts';

import { invocation } from './invocation.ts';
import { problems } from './problems.ts';

/** Before Lambda ends the function, so that the caller still gets an answer. */
export const earlyMs = 1_500;

const deadline = () => {
  throw new Fault(
    'deadline-exceeded',
    'the answer took too long; the operation goes on: repeat the request with the same Idempotency-Key',
  );
};

/** A function behind the HTTP API: log lines, and problem+json for whatever is thrown. */
export const http = () =>
  middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>({
    timeoutEarlyInMillis: earlyMs,
    timeoutEarlyResponse: deadline,
  })
    .use(invocation())
    .use(problems());
