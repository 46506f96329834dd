import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A response with a JSON body. */
export const respond = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
