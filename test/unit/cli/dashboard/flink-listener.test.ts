import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { enter, own, send, sendRaw, startServers } from './fixture.ts';

const root = '/v1/targets/local/clusters/etl/flink';

let servers: Awaited<ReturnType<typeof startServers>>;
let cookie: string;
beforeAll(async () => {
  servers = await startServers();
  cookie = await enter(servers.flink);
});
afterAll(() => servers.stop());
beforeEach(() =>
  servers.api.answer({
    [`GET ${root}/index.html`]: {
      headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'a=b' },
      body: 'page',
    },
    [`GET ${root}/jobs/overview`]: { body: { jobs: [] } },
  }),
);

describe("the server of a cluster's web UI", () => {
  it('serves its page, with a policy that lets it reach nothing else', async () => {
    const { status, headers } = await send(servers.flink, '/', { headers: { cookie } });

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('set-cookie');
    const policy = headers['content-security-policy'];
    for (const part of [
      "default-src 'none'",
      "connect-src 'self'",
      "form-action 'none'",
      'sandbox allow-scripts allow-same-origin allow-downloads',
    ])
      expect(policy).toContain(part);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
  });

  it('reads its own cluster only, without what the browser sends', async () => {
    const { status } = await send(servers.flink, '/jobs/overview?get=a', {
      headers: { ...own(servers.flink, cookie), 'x-own': 'a', 'if-none-match': 'b' },
    });

    expect(status).toBe(200);
    expect(servers.api.received).toMatchObject([{ path: `${root}/jobs/overview`, query: '?get=a' }]);
    for (const name of ['cookie', 'origin', 'x-own', 'if-none-match'])
      expect(servers.api.received[0]?.headers).not.toHaveProperty(name);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])('refuses %s', async (method) => {
    const { status } = await send(servers.flink, '/jobs/overview', { method, headers: own(servers.flink, cookie) });

    expect(status).toBe(405);
    expect(servers.api.received).toEqual([]);
  });

  it.each([
    '/../../other/flink/overview',
    '/..%2f..%2fother/flink/overview',
    '/%2e%2e/%2e%2e/other/flink/overview',
    '/jobs/../../logs',
    '/jobs/%2e%2e/%2e%2e/logs',
    '//overview',
    '/jobs\\..\\logs',
  ])('refuses %s, which would lead out of its cluster', async (path) => {
    const lines = [`GET ${path} HTTP/1.1`, `Host: localhost:${servers.flink.port}`, `Cookie: ${cookie}`];

    expect(await sendRaw(servers.flink, lines)).toBe(400);
    expect(servers.api.received).toEqual([]);
  });

  it('does not serve pages of other clusters or of the dashboard, although browsers send them its cookie', async () => {
    const all = await Promise.all([servers.dashboard, servers.flink, servers.other].map(enter));
    const headers = { cookie: all.join('; '), 'sec-fetch-site': 'same-site' };

    for (const to of [servers.dashboard, servers.flink, servers.other])
      for (const from of [servers.dashboard, servers.flink, servers.other].filter((one) => one !== to)) {
        expect((await send(to, '/', { headers })).status).toBe(403);
        expect((await send(to, '/', { headers: { cookie: headers.cookie, origin: from.origin } })).status).toBe(403);
        const command = {
          method: 'POST',
          body: '{}',
          headers: { ...own(from, headers.cookie), 'content-type': 'application/json' },
        };
        expect((await send(to, '/v1/targets/local/clusters', command)).status).toBe(403);
      }
    expect(servers.api.received).toEqual([]);
  });

  it('is not opened by the cookie of another server', async () => {
    const { status } = await send(servers.other, '/', { headers: { cookie } });

    expect(status).toBe(401);
  });

  it('lets the browser forget what an earlier server of its port has stored', async () => {
    const { flink } = servers;

    const { headers } = await send(flink, flink.newAddress().slice(flink.origin.length));

    expect(headers['clear-site-data']).toBe('"cache", "storage"');
  });
});
