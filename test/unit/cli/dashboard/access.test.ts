import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAccess } from '#cli/dashboard/access.ts';

import { enter, own, send, sendRaw, startServers } from './fixture.ts';

let servers: Awaited<ReturnType<typeof startServers>>;
let cookie: string;
beforeAll(async () => {
  servers = await startServers();
  cookie = await enter(servers.dashboard);
  servers.api.answer({
    'GET /v1/targets': { body: { targets: [] } },
    'POST /v1/targets/local/clusters': { status: 202 },
  });
});
afterAll(() => servers.stop());

const commands = '/v1/targets/local/clusters';

/** Of a link of another site. */
const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

describe('a token', () => {
  it('is exchanged once for a cookie, by a page that moves to the clean address', async () => {
    const { dashboard } = servers;
    const address = dashboard.newAddress().slice(dashboard.origin.length);

    const first = await send(dashboard, address, { headers: navigation });
    const second = await send(dashboard, address);

    expect(first.status).toBe(200);
    expect(first.headers['set-cookie']).toEqual([
      expect.stringMatching(new RegExp(`^drey-${dashboard.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`)),
    ]);
    expect(first.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(first.body).toContain('content="0;url=/"');
    expect(first.body).not.toContain('token');
    expect(second.status).toBe(401);
    expect(JSON.parse(second.body)).toMatchObject({ code: 'not-opened' });
    expect(second.headers['set-cookie']).toBeUndefined();
  });

  it('of another server, a wrong one and an expired one open nothing', async () => {
    const { dashboard, flink } = servers;
    const access = createAccess(1);

    expect((await send(dashboard, flink.newAddress().slice(flink.origin.length))).status).toBe(401);
    expect((await send(dashboard, '/?token=')).status).toBe(401);
    expect((await send(dashboard, `/?token=${'a'.repeat(43)}`)).status).toBe(401);
    expect(access.redeem(access.issueToken(-1))).toBe(false);
    expect(access.redeem(access.issueToken())).toBe(true);
  });

  it('is not taken by another method or at another path', async () => {
    const { dashboard } = servers;
    const token = dashboard.newAddress().split('=')[1] ?? '';

    expect((await send(dashboard, `/?token=${token}`, { method: 'POST' })).status).toBe(403);
    expect((await send(dashboard, `/session.json?token=${token}`)).status).toBe(401);
    expect((await send(dashboard, `/?token=${token}`)).status).toBe(200);
  });
});

describe('a token of a browser', () => {
  it.each([
    ['fetch of another site', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['frame of another site', { 'sec-fetch-dest': 'iframe' }],
    ['image of another site', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['fetch of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
  ])('is not taken from a %s, and stays valid', async (_what, headers) => {
    const { flink } = servers;
    const address = flink.newAddress().slice(flink.origin.length);

    const refused = await send(flink, address, { headers: { ...navigation, ...headers } });

    expect(refused).toMatchObject({ status: 403 });
    expect(refused.headers['set-cookie']).toBeUndefined();
    expect((await send(flink, address, { headers: navigation })).status).toBe(200);
  });
});

describe('the host', () => {
  it('of a cluster is never that of a dashboard, so that they share neither origin nor cookies on one port', async () => {
    const { dashboard, flink } = servers;
    const flinkCookie = await enter(flink);
    const entry = dashboard.newAddress().slice(dashboard.origin.length);

    expect(new URL(dashboard.newAddress()).host).toBe(`127.0.0.1:${dashboard.port}`);
    expect(new URL(flink.newAddress()).host).toBe(`localhost:${flink.port}`);
    for (const [listener, host, given] of [
      [dashboard, `localhost:${dashboard.port}`, cookie],
      [flink, `127.0.0.1:${flink.port}`, flinkCookie],
    ] as const)
      expect((await send(listener, '/', { headers: { cookie: given, host } })).status).toBe(421);
    expect((await send(dashboard, entry, { headers: { host: `localhost:${dashboard.port}` } })).status).toBe(421);
    expect((await send(dashboard, entry)).status).toBe(200);
  });
});

describe('a request', () => {
  it('passes with all the cookies that a page of another port may have set', async () => {
    const { dashboard } = servers;
    const others = Array.from({ length: 30 }, (_, index) => `bomb-${index}=${'a'.repeat(3_500)}`);
    const headers = { cookie: [...others, cookie].join('; '), 'sec-fetch-site': 'same-origin' };

    expect(headers.cookie.length).toBeGreaterThan(100_000);
    expect((await send(dashboard, '/v1/targets', { headers })).status).toBe(200);
  });

  it('of the own page passes', async () => {
    const { dashboard } = servers;

    expect((await send(dashboard, '/v1/targets', { headers: own(dashboard, cookie) })).status).toBe(200);
    expect((await send(dashboard, '/', { headers: { cookie, 'sec-fetch-site': 'none' } })).status).toBe(200);
  });

  it.each([
    ['without a cookie', {}, 401],
    ['with the cookie of another server', { cookie: 'drey-1=a' }, 401],
    ['with a wrong value of the cookie', 'wrong', 401],
    ['with the name of another host', { host: 'evil.example.com' }, 421],
    ['with the name of another host that resolves to this machine', { host: 'rebind.example.com:{port}' }, 421],
    ['with another port in Host', { host: '127.0.0.1:1' }, 421],
    ['with no port in Host', { host: '127.0.0.1' }, 421],
    ['with a host in another spelling', { host: 'LOCALHOST.:{port}' }, 421],
    ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['of another port of this machine', { 'sec-fetch-site': 'same-site' }, 403],
    ['with another Origin', { origin: 'https://evil.example.com' }, 403],
    ['with the Origin of another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['with the Origin of a sandbox', { origin: 'null' }, 403],
    ['for a service worker', { 'sec-fetch-dest': 'serviceworker' }, 403],
    ['for a service worker, of an older browser', { 'service-worker': 'script' }, 403],
  ] as const)('%s is refused', async (_what, changes, status) => {
    const { dashboard, api } = servers;
    const before = api.received.length;
    const [name = ''] = cookie.split('=');
    const given: Record<string, string> =
      changes === 'wrong'
        ? { cookie: `${name}=${'a'.repeat(43)}` }
        : { ...(status === 401 ? {} : { cookie }), ...changes };
    const headers = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key, value.replace('{port}', String(dashboard.port))]),
    );

    expect((await send(dashboard, '/v1/targets', { headers })).status).toBe(status);
    expect(api.received).toHaveLength(before);
  });

  it.each([
    ['without Origin', { 'sec-fetch-site': 'same-origin' }],
    ['of another port', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    ['of a form of another site', { origin: 'https://evil.example.com' }],
  ])('that changes something, %s, is refused', async (_what, headers) => {
    const { dashboard, api } = servers;
    const before = api.received.length;
    const body = { method: 'POST', body: '{}', headers: { cookie, 'content-type': 'application/json', ...headers } };

    expect((await send(dashboard, commands, body)).status).toBe(403);
    expect(api.received).toHaveLength(before);
  });

  it('with two Host headers, none, or an absolute target is refused', async () => {
    const { dashboard } = servers;
    const host = `Host: 127.0.0.1:${dashboard.port}`;
    const rest = [`Cookie: ${cookie}`];

    expect(await sendRaw(dashboard, ['GET /session.json HTTP/1.1', host, ...rest])).toBe(200);
    expect(await sendRaw(dashboard, ['GET /session.json HTTP/1.1', host, 'Host: evil.example.com', ...rest])).not.toBe(
      200,
    );
    expect(await sendRaw(dashboard, ['GET /session.json HTTP/1.1', 'Host: evil.example.com', host, ...rest])).not.toBe(
      200,
    );
    expect(await sendRaw(dashboard, ['GET /session.json HTTP/1.1', ...rest])).not.toBe(200);
    expect(await sendRaw(dashboard, ['GET http://evil.example.com/session.json HTTP/1.1', host, ...rest])).toBe(400);
  });
});

describe('a path', () => {
  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%252e%252e/secret.txt',
    '/assets/../../secret.txt',
    '/./session.json',
    '//evil.example.com/',
    '/v1//targets',
    '/v1/targets/',
    '/v1/targets/local/../../health',
    '/v1/targets/local%2Fclusters',
    '/v1/targets/local%5Cclusters',
    '/v1/targets\\local',
    '/v1/targets/%00',
    '/v1/targets/%0d%0aX:%20y',
    '/v1/targets/%ff',
    '/v1/targets/ä',
    '/v1/targets#a',
    '/flink-ui/local/..',
    '/flink-ui/local/etl/',
    'v1/targets',
    '*',
  ])('%s is refused and not normalized', async (path) => {
    const { dashboard, api } = servers;
    const before = api.received.length;
    const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${dashboard.port}`, `Cookie: ${cookie}`];

    expect(await sendRaw(dashboard, lines)).toBe(400);
    expect(api.received).toHaveLength(before);
  });
});
