import { createServer, type IncomingMessage, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createCertificate, createGateway, createReview, impersonate, type Review } from '#local/services/gateway.ts';

const alice = { username: 'arn:aws:sts::000000000000:assumed-role/alice', groups: ['system:authenticated', 'drey'] };
const review: Review = (token) => Promise.resolve(token === 'good' ? alice : undefined);

let pair: { certificate: string; key: string };
let apiServer: Server;
let gateway: Server;
let seen: { request: IncomingMessage; body: string }[];

beforeAll(async () => {
  pair = await createCertificate();
});

beforeEach(async () => {
  seen = [];
  apiServer = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ request, body });
      return response.writeHead(201, { 'x-answer': 'yes' }).end('made');
    });
  });
  await listen(apiServer);
  const url = new URL(`http://127.0.0.1:${portOf(apiServer)}/prefix`);
  const upstream = { url, options: () => Promise.resolve({ headers: { Authorization: 'Bearer admin' } }) };
  gateway = createGateway({ ...pair, review, upstream });
  await listen(gateway);
});

afterEach(() => {
  apiServer.close();
  gateway.close();
});

const listen = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const portOf = (server: Server) => (server.address() as AddressInfo).port;

const call = (headers: Record<string, string>, body = '') =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const target = {
      host: '127.0.0.1',
      port: portOf(gateway),
      path: '/api?watch=1',
      method: 'POST',
      ca: pair.certificate,
    };
    const outgoing = request({ ...target, headers, agent: false }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    outgoing.on('error', reject).end(body);
  });

describe('the gateway', () => {
  it('forwards a request as the user of its token', async () => {
    const answer = await call({ authorization: 'Bearer good', 'impersonate-user': 'root' }, 'a'.repeat(1_000_000));

    expect(answer).toEqual({ status: 201, body: 'made' });
    expect(seen[0]?.request.url).toBe('/prefix/api?watch=1');
    expect(seen[0]?.body).toHaveLength(1_000_000);
    expect(seen[0]?.request.headersDistinct).toMatchObject({
      authorization: ['Bearer admin'],
      'impersonate-user': [alice.username],
      'impersonate-group': alice.groups,
    });
  });

  it.each([[{ authorization: 'Bearer bad' }], [{ authorization: 'Basic good' }], [{}]])(
    'refuses %j in the words of Kubernetes',
    async (headers) => {
      const answer = await call({ ...headers });

      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
      expect(seen).toEqual([]);
    },
  );

  it('drops headers in which the caller names an identity', () => {
    const said = {
      'impersonate-uid': '0',
      'impersonate-extra-scopes': 'all',
      'x-remote-user': 'root',
      accept: 'text/plain',
    };

    expect(impersonate(said, { username: 'bob', groups: [] })).toEqual({
      accept: 'text/plain',
      'impersonate-user': 'bob',
      'impersonate-group': [],
    });
  });
});

it('fails the review of a token when the webhook does not answer in time', async () => {
  const silent = createServer(() => {});
  await listen(silent);

  const review = createReview(`http://127.0.0.1:${portOf(silent)}/token-review`, { timeoutMs: 20 });

  await expect(review('token')).rejects.toThrow('timeout');
  silent.closeAllConnections();
  silent.close();
});
