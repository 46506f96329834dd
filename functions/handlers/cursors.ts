import { createHash } from 'node:crypto';

import type { APIGatewayProxyEventV2 } from 'aws-lambda';

import { formatCursor, newCursorFault, parseCursor } from '#shared/clusters/model/page.ts';

import type { Answer } from './responses.ts';

/**
 * Which list a request asks for: its route, its path and its filters. A cursor names a position in one list, and would
 * leave out a part of another one.
 */
const identifyList = ({ routeKey, pathParameters, queryStringParameters }: APIGatewayProxyEventV2): string => {
  const { cursor: _cursor, limit: _limit, ...filters } = queryStringParameters ?? {};
  // Of a route without parameters they are missing, or null.
  const list = JSON.stringify([routeKey, sortEntries(pathParameters ?? {}), sortEntries(filters)]);
  return createHash('sha256').update(list).digest('base64url').slice(0, 12);
};

const sortEntries = (fields: object) => Object.entries(fields).toSorted(([one], [other]) => (one < other ? -1 : 1));

/** The request with the cursor that the list itself wrote. @throws Fault `malformed-request` for one of another list. */
export const openCursor = (event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 => {
  const { cursor: sealed, ...query } = event.queryStringParameters ?? {};
  if (sealed === undefined) return event;
  const [list, cursor] = parseCursor(sealed, 2);
  if (list !== identifyList(event)) throw newCursorFault('belongs to a list with another path or filter');
  return { ...event, queryStringParameters: { ...query, cursor } };
};

/** The answer with a cursor that is valid for the list of the request only. */
export const sealCursor = (answer: Answer, event: APIGatewayProxyEventV2): Answer => {
  const { body } = answer;
  if (typeof body !== 'object' || body === null || !('cursor' in body) || typeof body.cursor !== 'string')
    return answer;
  return { ...answer, body: { ...body, cursor: formatCursor(identifyList(event), body.cursor) } };
};
