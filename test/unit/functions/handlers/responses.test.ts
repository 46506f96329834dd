import { describe, expect, it } from 'vitest';

import { routesHandler } from '#functions/handlers/http.ts';
import { calls } from '#events/http/api.ts';
import { respond, toResponse } from '#functions/handlers/responses.ts';
import { makeWorld } from '#test/fakes/world.ts';

const respondTo = (route: string, body: unknown) => {
  const logged: object[] = [];
  const log = {
    ...makeWorld().ports.log,
    error: (message: string, fields = {}) => logged.push({ message, ...fields }),
  };
  const { statusCode, body: text = '' } = toResponse({ route, call: calls[route], answer: respond(202, body) }, log);
  return { statusCode, body: JSON.parse(text) as unknown, logged };
};

const upload = { jar: 's3://b/j', url: 'https://b/j', headers: { a: 'b' }, expiresAt: '2026-11-23T12:00:00.000Z' };
const operation = { operationId: 'a', kind: 'deploy', target: 'etl', request: { password: 'secret' } };

describe('a response', () => {
  const route = 'POST /v1/targets/{target}/uploads';

  it('has the members that the route documents, and no others', () => {
    expect(respondTo(route, { ...upload, ours: 1 })).toEqual({ statusCode: 202, body: upload, logged: [] });
  });

  it('that does not match its schema is sent without undocumented members, and logged', () => {
    const { statusCode, body, logged } = respondTo(route, { ...upload, expiresAt: new Date(0), ours: { secret: 1 } });

    expect(statusCode).toBe(202);
    expect(body).toEqual({ ...upload, expiresAt: '1970-01-01T00:00:00.000Z' });
    expect(logged).toEqual([{ message: 'response does not match its schema', route, pointers: '/expiresAt' }]);
  });

  it('that does not match its schema has no undocumented member at any depth', () => {
    const { body, logged } = respondTo('POST /v1/targets/{target}/clusters', {
      operation: {
        ...operation,
        state: 'NEW',
        phases: [{ name: 'Pulling', at: 3, ours: 'secret' }],
        savepoint: { a: 'secret' },
      },
      cluster: ['secret'],
    });

    expect(body).toEqual({
      operation: {
        operationId: 'a',
        kind: 'deploy',
        target: 'etl',
        state: 'NEW',
        phases: [{ name: 'Pulling', at: 3 }],
      },
    });
    expect(logged).toHaveLength(1);
  });

  it('that its route does not document is refused by the compiler', () => {
    expect(() =>
      routesHandler(makeWorld().ports, {
        // @ts-expect-error The route documents a string.
        [route]: async () => respond(201, { ...upload, expiresAt: new Date(0) }),
      }),
    ).not.toThrow();
  });
});
