import { describe, expect, it } from 'vitest';
import * as z from 'zod';

import { calls } from '#events/http/api.ts';

/** What a list has in place of a cursor, and why. */
const others: Readonly<Record<string, readonly [query: string, answer: string]>> = {
  // Transitions are numbered, so that a client can continue days later.
  'GET /v1/targets/{target}/clusters/{clusterId}/events': ['after', 'last'],
};

/** SQS returns dead letters in no order, so that there are no pages. */
const unpaged = ['GET /v1/dead-letters'];

const isList = (member: unknown): boolean =>
  member instanceof z.ZodArray &&
  (member.element instanceof z.ZodObject || member.element instanceof z.ZodDiscriminatedUnion);

const lists = Object.entries(calls).flatMap(([route, { query, answer }]) =>
  // A route that ends with a name returns one record.
  route.startsWith('GET ') &&
  !route.endsWith('}') &&
  answer instanceof z.ZodObject &&
  Object.values(answer.shape).some(isList)
    ? [[route, query, answer] as const]
    : [],
);

describe('the lists of the API', () => {
  it('are known', () => {
    expect(lists.map(([route]) => route.split(' ')[1])).toEqual([
      '/v1/targets',
      '/v1/targets/{target}/clusters',
      '/v1/targets/{target}/clusters/{clusterId}/events',
      '/v1/targets/{target}/clusters/{clusterId}/revisions',
      '/v1/targets/{target}/clusters/{clusterId}/snapshots',
      '/v1/targets/{target}/clusters/{clusterId}/kept-logs',
      '/v1/targets/{target}/clusters/{clusterId}/jobs',
      '/v1/targets/{target}/specs',
      '/v1/targets/{target}/schedules',
      '/v1/targets/{target}/schedules/{name}/runs',
      '/v1/targets/{target}/orphans',
      '/v1/targets/{target}/operations/{operationId}/items',
      '/v1/targets/{target}/queue',
      '/v1/dead-letters',
    ]);
  });

  it.each(lists.filter(([route]) => !unpaged.includes(route)))('%s has pages', (route, query, answer) => {
    const [start, next] = others[route] ?? ['cursor', 'cursor'];

    expect(Object.keys(query?.shape ?? {})).toEqual(expect.arrayContaining(['limit', start]));
    expect(Object.keys(answer.shape)).toContain(next);
  });
});
