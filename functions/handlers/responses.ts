import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { calls } from '#events/http/api.ts';
import { lenient } from '#events/lenient.ts';
import type { Page } from '#shared/clusters/model/page.ts';

/** What a handler answers. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const respond = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body,
  headers,
});

/** The body of a list: its items under their name, and where the next page starts. */
export const renderPage = <T>(name: string, { items, cursor, unreadable = [] }: Page<T>) => ({
  [name]: items,
  ...(cursor === undefined ? {} : { cursor }),
  ...(unreadable.length === 0 ? {} : { unreadable }),
});

/**
 * The answer as JSON, with the members that the route documents. Records have more: those that only Drey uses, and those
 * that a newer version wrote.
 */
export const toResponse = (route: string, { status, body, headers }: Answer): APIGatewayProxyStructuredResultV2 => {
  const call = calls[route];
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(call === undefined ? body : lenient(call.answer, 'drop').parse(body)),
  };
};
