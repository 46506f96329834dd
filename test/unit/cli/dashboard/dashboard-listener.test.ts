import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { enter, own, send, type Sent, session, startServers } from './fixture.ts';

let servers: Awaited<ReturnType<typeof startServers>>;
let cookie: string;
beforeAll(async () => {
  servers = await startServers();
  cookie = await enter(servers.dashboard);
});
afterAll(() => servers.stop());
afterEach(() => servers.api.answer({}));

const ask = (path: string, sent: Sent = {}) =>
  send(servers.dashboard, path, { ...sent, headers: { ...own(servers.dashboard, cookie), ...sent.headers } });

describe('the server of the dashboard', () => {
  it('tells the page what it shows about the command', async () => {
    const { headers, body } = await ask('/session.json');

    expect(JSON.parse(body)).toEqual(session);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  it('serves the page for each of its own addresses, with a policy that loads nothing from elsewhere', async () => {
    for (const path of ['/', '/index.html', '/clusters/local/etl', '/operations']) {
      const { status, headers, body } = await ask(path);
      expect({ path, status, body }).toMatchObject({
        status: 200,
        body: expect.stringContaining('<title>Drey') as string,
      });
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
      );
    }
  });

  it('keeps files with a hash in their names in the browser, and no other', async () => {
    const [hashed, plain] = [await ask('/assets/index-AbCd1234.js'), await ask('/favicon.svg')];

    expect(hashed.headers).toMatchObject({
      'cache-control': 'private, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
    });
    expect(plain.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'image/svg+xml' });
    expect((await ask('/assets/missing-AbCd1234.js')).status).toBe(404);
    expect((await ask('/secret.txt')).status).toBe(404);
  });

  it('forwards a request signed, with the headers that the API knows and no others', async () => {
    servers.api.answer({
      'POST /v1/targets/local/clusters': {
        status: 202,
        headers: { location: '/v1/x', etag: '"1"', 'set-cookie': 'a=b', 'x-other': 'c' },
        body: { operation: {} },
      },
    });

    const answer = await ask('/v1/targets/local/clusters?dry=a+b&x=%C3%A4', {
      method: 'POST',
      body: '{"mode":"session"}',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': 'k',
        prefer: 'wait=1',
        'x-own': 'd',
        authorization: 'e',
      },
    });

    expect(answer).toMatchObject({
      status: 202,
      headers: { location: '/v1/x', etag: '"1"' },
      body: '{"operation":{}}',
    });
    expect(answer.headers).not.toHaveProperty('x-other');
    expect(answer.headers).not.toHaveProperty('set-cookie');
    const [received] = servers.api.received;
    expect(received).toMatchObject({
      query: '?dry=a%20b&x=%C3%A4',
      json: { mode: 'session' },
      headers: {
        'idempotency-key': 'k',
        prefer: 'wait=1',
        authorization: expect.stringContaining('AWS4-HMAC-SHA256') as string,
      },
    });
    for (const name of ['cookie', 'origin', 'x-own', 'sec-fetch-site', 'referer'])
      expect(received?.headers).not.toHaveProperty(name);
  });

  it('passes the problems of the API, and its own in the same form', async () => {
    servers.api.answer({ 'GET /v1/targets': { hangUp: true } });

    const [missing, unreachable] = [await ask('/v1/targets/none/queue'), await ask('/v1/targets')];

    expect(missing).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } });
    expect(unreachable.status).toBe(502);
    expect(JSON.parse(unreachable.body)).toMatchObject({ code: 'api-unreachable', retryable: true });
  });

  it.each(['text/html', 'text/javascript', 'image/svg+xml', 'application/jsonp'])(
    'shows an answer of the type %s as a text, because it is of a program on a cluster',
    async (contentType) => {
      const path = '/v1/targets/local/clusters/etl/flink/main.js';
      servers.api.answer({ [`GET ${path}`]: { headers: { 'content-type': contentType }, body: 'alert(1)' } });

      const { headers } = await ask(path);

      expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
    },
  );

  it.each([
    ['a method that the API lacks', { method: 'PATCH', body: '{}' }, 405],
    ['a body that is not JSON', { method: 'POST', body: 'a=b', headers: { 'content-type': 'text/plain' } }, 415],
    ['a body that is too large', { method: 'POST', body: 'a'.repeat(6_000_001) }, 413],
  ])('refuses %s', async (_what, sent, status) => {
    expect((await ask('/v1/targets', sent)).status).toBe(status);
    expect(servers.api.received).toEqual([]);
  });

  it('opens the web UI of Flink at a port of its own for each cluster', async () => {
    const open = async (clusterId: string) =>
      new URL((await ask(`/flink-ui/local/${clusterId}`)).headers.location ?? '');

    const [first, second, again] = [await open('etl'), await open('other'), await open('etl')];

    expect(first.port).not.toBe(second.port);
    expect(again.port).toBe(first.port);
    expect(again.searchParams.get('token')).not.toBe(first.searchParams.get('token'));
    const { status } = await send(first, `/${again.search}`);
    expect(status).toBe(200);
  });
});

it('of more than 20 web UIs, the one that was opened first is closed', async () => {
  const open = async (clusterId: string) => new URL((await ask(`/flink-ui/local/${clusterId}`)).headers.location ?? '');
  const first = await open('first');
  const used = await open('used');
  for (let index = 0; index < 18; index += 1) await open(`c-${index}`);
  await open('used');

  await open('last');

  await expect(send(first, '/')).rejects.toThrow('ECONNREFUSED');
  expect((await send(used, '/')).status).toBe(401);
});

describe('an upload', () => {
  const startStorage = async (status: number) => {
    const stored: { readonly body: Buffer; readonly headers: NodeJS.Dict<string | string[]> }[] = [];
    const storage = createServer(async (request, response) => {
      stored.push({ body: await buffer(request), headers: request.headers });
      response.writeHead(status).end('<Code>AccessDenied</Code>');
    });
    await new Promise<void>((resolve) => storage.listen(0, '127.0.0.1', resolve));
    const address = storage.address();
    const url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}/bucket?signature=s` : '';
    const created = {
      jar: 's3://bucket/a.jar',
      url,
      headers: { 'Content-Type': 'application/java-archive' },
      expiresAt: 'later',
    };
    servers.api.answer({ 'POST /v1/targets/local/uploads': { status: 201, body: created } });
    return { stored, stop: () => storage.close() };
  };

  it('is sent to the address that the API gives, and answered with the jar', async () => {
    const { stored, stop } = await startStorage(200);

    const { status, body } = await ask('/upload?target=local&name=a.jar', { method: 'POST', body: 'the jar' });

    stop();
    expect({ status, body: JSON.parse(body) as unknown }).toEqual({
      status: 201,
      body: { jar: 's3://bucket/a.jar', expiresAt: 'later' },
    });
    expect(servers.api.received).toMatchObject([{ json: { name: 'a.jar', bytes: 7 } }]);
    expect(stored).toMatchObject([{ headers: { 'content-type': 'application/java-archive', 'content-length': '7' } }]);
    expect(String(stored[0]?.body)).toBe('the jar');
    expect(stored[0]?.headers).not.toHaveProperty('cookie');
  });

  it('that the storage or the API refuses is told as a problem', async () => {
    const { stop } = await startStorage(403);

    const refused = await ask('/upload?target=local&name=a.jar', { method: 'POST', body: 'the jar' });
    const unknown = await ask('/upload?target=none&name=a.jar', { method: 'POST', body: 'the jar' });
    const empty = await ask('/upload?target=local&name=a.jar', { method: 'POST' });
    const other = await ask('/upload?target=..&name=a.jar', { method: 'POST', body: 'the jar' });
    expect(other).toMatchObject({ status: 400, body: expect.stringContaining('not a valid name') });

    stop();
    expect(JSON.parse(refused.body)).toMatchObject({
      status: 502,
      code: 'upload-failed',
      detail: expect.stringContaining('AccessDenied') as string,
    });
    expect(unknown.status).toBe(404);
    expect(empty.status).toBe(400);
  });

  it('that the API refuses is answered with a text, and no page in the origin of the dashboard', async () => {
    servers.api.answer({
      'POST /v1/targets/local/uploads': { status: 403, headers: { 'content-type': 'text/html' }, body: '<script>' },
    });

    const { status, headers } = await ask('/upload?target=local&name=a.jar', { method: 'POST', body: 'the jar' });

    expect(status).toBe(403);
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  });
});
