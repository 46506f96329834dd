/**
 * The fields of a line in the API's access log. API Gateway writes a line for each request, also for one that it refuses.
 * A variable without a value is written as `-`.
 *
 * No field has text that a caller chooses, such as the path, because API Gateway does not promise to escape it.
 * `functionRequestId` is `requestId` in the log of the function, which has the target and the cluster.
 */
export const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  latencyMs: '$context.responseLatency',
  userArn: '$context.identity.userArn',
  issuer: '$context.authorizer.claims.iss',
  subject: '$context.authorizer.claims.sub',
  sourceIp: '$context.identity.sourceIp',
  error: '$context.error.message',
  authorizerError: '$context.authorizer.error',
  functionRequestId: '$context.integration.requestId',
  functionLatencyMs: '$context.integration.latency',
  functionError: '$context.integration.error',
} as const satisfies Readonly<Record<string, `$context.${string}`>>;
