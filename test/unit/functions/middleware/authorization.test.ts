import { describe, expect, it } from 'vitest';

import { access, openRoutes, type Verb, verbs } from '#events/http/access.ts';
import { type ApiFunction, calls } from '#events/http/api.ts';
import type { Grants } from '#events/http/grants.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { makeAuthorization } from '#test/fakes/tokens.ts';
import { makeWorld } from '#test/fakes/world.ts';

const iss = 'https://login.example.org/';
const grants: Grants = {
  claim: 'groups',
  rights: {
    readers: { local: 'read' },
    developers: { local: 'deploy' },
    owners: { local: 'admin' },
    others: { other: 'admin', 'loc-*': 'admin' },
    everywhere: { '*': 'read' },
    operators: { '*': 'admin' },
  },
};

interface Caller {
  readonly claims?: object;
  readonly authorization?: string;
  readonly grants?: Grants;
}

/** Calls a route as API Gateway does for a token that it has verified. */
const callWith = async (route: string, { claims = {}, authorization, ...stage }: Caller) => {
  const all = { iss, sub: 'ada', ...claims };
  const world = { ...makeWorld().ports, grants: 'grants' in stage ? stage.grants : grants };
  const handler = apiHandlers[calls[route]?.function as ApiFunction](world); // the functions of the table
  const parameters = {
    target: 'local',
    clusterId: 'etl',
    name: 'x',
    jobId: '0'.repeat(32),
    operationId: '0'.repeat(32),
  };
  const inPath = Object.entries(parameters).filter(([name]) => route.includes(`{${name}}`));
  const event = makeHttpEvent(route, Object.fromEntries(inPath), {
    body: {},
    headers: { authorization: authorization ?? makeAuthorization(all) },
    // API Gateway writes the list as text.
    authorizer: { jwt: { claims: { ...all, groups: '[operators]' }, scopes: null } },
  });
  return callHandler(handler, event);
};

const isRefused = async (route: string, caller: Caller) =>
  (await callWith(route, caller)).body['code'] === 'access-denied';

const routes = Object.entries(access).filter(([, verb]) => verb !== 'open') as [string, Verb][]; // filtered
const names: Readonly<Record<Verb, string>> = { read: 'readers', deploy: 'developers', admin: 'owners' };

describe('the verbs of the routes', () => {
  it('are said for every route, and for no other', () => {
    expect(Object.keys(access).toSorted()).toEqual(Object.keys(calls).toSorted());
  });

  it('are more than read for everything that changes something', () => {
    const changing = routes.filter(([route]) => !route.startsWith('GET '));

    expect(changing.filter(([, verb]) => verb === 'read')).toEqual([]);
  });

  it('are none for the open routes only', () => {
    expect(openRoutes).toEqual(['GET /openapi.json', 'GET /health']);
  });
});

describe.each(routes)('a token for %s, which needs %s,', (route, verb) => {
  const hasTarget = route.includes('{target}');

  it.each(verbs)('is decided by its verb %s on the target', async (granted) => {
    const isEnough = hasTarget && verbs.indexOf(granted) >= verbs.indexOf(verb);

    expect(await isRefused(route, { claims: { groups: [names[granted]] } })).toBe(!isEnough);
  });

  it('is refused without a right, and by a right on other targets, with the verb and the target', async () => {
    for (const groups of [undefined, [], ['unknown'], ['others']]) {
      const { status, body } = await callWith(route, { claims: { groups } });

      expect(status).toBe(403);
      expect(body['detail']).toContain(`${verb} on ${hasTarget ? 'target local' : 'all targets'}`);
    }
  });

  it('is admitted by the right on all targets', async () => {
    expect(await isRefused(route, { claims: { groups: ['operators'] } })).toBe(false);
    expect(await isRefused(route, { claims: { groups: ['everywhere'] } })).toBe(verb !== 'read');
  });

  it('is refused on a stage without tokens', async () => {
    expect(await isRefused(route, { claims: { groups: ['operators'] }, grants: undefined as never })).toBe(true);
  });
});

describe('a token', () => {
  const route = 'GET /v1/targets/{target}/clusters';

  it.each([
    ['a group whose name has another group in it', { groups: ['my operators', 'x] [operators'] }],
    ['a text that lists groups', { groups: 'x operators' }],
    ['a group that is no text', { groups: [['operators'], { operators: true }, 1] }],
    ['a group with the name of a member of objects', { groups: ['constructor', '__proto__', 'toString'] }],
    ['another claim', { roles: ['operators'] }],
    ['other letters', { groups: ['Operators', 'operators '] }],
  ])('has no right by %s', async (_what, claims) => {
    expect(await isRefused(route, { claims })).toBe(true);
  });

  it.each([
    ['no header', ''],
    [
      'two tokens',
      `${makeAuthorization({ iss, sub: 'ada', groups: ['operators'] })}, ${makeAuthorization({ iss, sub: 'ada' })}`,
    ],
    ['the token of another caller', makeAuthorization({ iss, sub: 'bob', groups: ['operators'] })],
    [
      'the token of another issuer',
      makeAuthorization({ iss: 'https://evil.example.org/', sub: 'ada', groups: ['operators'] }),
    ],
    ['no token', 'Bearer operators'],
    ['a token that is no JSON', 'Bearer e30.bm8.c2ln'],
  ])('is refused with %s in the header', async (_what, authorization) => {
    expect(await isRefused(route, { authorization })).toBe(true);
  });

  it.each([
    ['a list', 'groups', { groups: ['x', 'readers'] }],
    ['a text', 'groups', { groups: 'readers' }],
    ['a scope', 'scope', { scope: 'openid readers' }],
    [
      'a claim with the name of a URL',
      'https://drey.example.org/groups',
      { 'https://drey.example.org/groups': ['readers'] },
    ],
  ])('has the right by %s', async (_what, claim, claims) => {
    expect(await isRefused(route, { claims, grants: { ...grants, claim } })).toBe(false);
  });

  it('is not needed for an open route', async () => {
    expect((await callWith('GET /health', { claims: {}, authorization: '' })).status).toBe(200);
  });
});

describe('a request without a caller', () => {
  it.each(routes)('is an internal error of %s', async (route) => {
    const handler = apiHandlers[calls[route]?.function as ApiFunction](makeWorld().ports); // the functions of the table
    const { status, body } = await callHandler(
      handler,
      makeHttpEvent(route, { target: 'local' }, { authorizer: null }),
    );

    expect([status, body['code']]).toEqual([500, 'internal']);
  });
});
