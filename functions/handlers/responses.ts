import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import type { Call } from '#events/http/call.ts';
import { dropUnknown, lenient } from '#events/lenient.ts';
import { type Problem, toPointer } from '#events/problems/problem.ts';
import type { Page } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** What a handler answers. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a body that is a file, and not JSON. */
  readonly file?: { readonly contentType: string; readonly isBase64Encoded: boolean };
}

export const respond = <Body>(
  status: number,
  body: Body,
  headers: Readonly<Record<string, string>> = {},
): Answer<Body> => ({ status, body, headers });

interface RoutedAnswer {
  readonly route: string;
  /** Undefined for a route that Drey does not document. */
  readonly call: Call | undefined;
  readonly answer: Answer;
}

/** The body of a list: its items under their name, and where the next page starts. */
export const renderPage = <N extends string, T>(name: N, { items, cursor, unreadable = [] }: Page<T>) => ({
  ...({ [name]: items } as { readonly [K in N]: readonly T[] }), // The compiler widens a computed name to any text.
  ...(cursor === undefined ? {} : { cursor }),
  ...(unreadable.length === 0 ? {} : { unreadable }),
});

/**
 * The answer as JSON, with the members that the route documents. Records have more: those that only Drey uses, and those
 * that a newer version wrote.
 */
export const toResponse = (routed: RoutedAnswer, log: Ports['log']): APIGatewayProxyStructuredResultV2 => {
  const { status: statusCode, headers, body, file } = routed.answer;
  if (file !== undefined && typeof body === 'string')
    return {
      statusCode,
      headers: { ...headers, 'content-type': file.contentType },
      body,
      isBase64Encoded: file.isBase64Encoded,
    };
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(toDocumented(routed, log)),
  };
};

/** A body that the schema of the route refuses is our bug. The request has already had its effect, so it succeeds. */
const toDocumented = ({ route, call, answer: { body } }: RoutedAnswer, log: Ports['log']): unknown => {
  if (call === undefined) return body;
  const parsed = lenient(call.answer, 'drop').safeParse(body);
  if (parsed.success) return parsed.data;
  const pointers = parsed.error.issues.map(({ path }) => toPointer(path.map(String))).join(' ');
  log.error('response does not match its schema', { route, pointers });
  return dropUnknown(call.answer, body);
};

/** The outcome of a failed request, as its log line and its metric name it. */
export const toOutcome = ({ status, retryable }: Problem): 'failed' | 'returned' | 'rejected' =>
  status >= 500 ? 'failed' : retryable ? 'returned' : 'rejected';
