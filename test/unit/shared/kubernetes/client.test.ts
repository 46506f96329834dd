import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';

import type { NamedTarget } from '#events/target.ts';
import { Fault } from '#events/problem.ts';
import { openClient } from '#shared/kubernetes/client.ts';
import type { Request } from '#shared/kubernetes/exchange.ts';
import type { Access } from '#shared/kubernetes/credentials.ts';

const target: NamedTarget = {
  name: 'etl',
  cluster: 'analytics',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  locked: [],
  limits: {},
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1,
};
const policy = { retries: 3, initialMs: 1, maxMs: 5, maxRetryAfterMs: 5_000 };
const signal = () => AbortSignal.timeout(10_000);
const status = (code: number, reason: string, more: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  code,
  reason,
  message: `because ${reason}`,
  ...more,
});

let pems: { readonly private: string; readonly cert: string };
let strangers: { readonly cert: string };
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] }];
  [pems, strangers] = await Promise.all([generate([], { keyType: 'ec', extensions }), generate([], { keyType: 'ec' })]);
});
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

type Reply = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

/** An API server on this machine that gives these answers, the last one for ever. */
const serve = async (replies: readonly Reply[], listen?: RequestListener) => {
  const seen: {
    method: string | undefined;
    url: string | undefined;
    headers: IncomingMessage['headers'];
    body: Buffer;
  }[] = [];
  const sockets = new Set<unknown>();
  const server = createServer({ key: pems.private, cert: pems.cert }, async (request, response) => {
    sockets.add(request.socket);
    if (listen !== undefined) return listen(request, response);
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await buffer(request) });
    const reply = replies[Math.min(seen.length, replies.length) - 1];
    response.writeHead(reply?.status ?? 500, { 'content-type': 'application/json', ...reply?.headers });
    response.end(JSON.stringify(reply?.body ?? {}));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => new Promise((done) => (server.close(done), server.closeAllConnections())));
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  return { server, url: new URL(`https://127.0.0.1:${port}`), seen, sockets };
};

/** Access with tokens 1, 2, … by how often they were forgotten. */
const accessTo = (server: URL, ca = pems.cert) => {
  const state = { tokens: 1, ca };
  const forget = vi.fn<Access['forget']>((_, part) => {
    if (part === 'token') state.tokens += 1;
  });
  const open: Access['open'] = async () => ({ server, ca: state.ca, token: `token-${state.tokens}` });
  return { access: { open, forget }, forget, state };
};

const clientFor = async (replies: readonly Reply[], listen?: RequestListener, until = signal()) => {
  const served = await serve(replies, listen);
  const { access, forget } = accessTo(served.url);
  return { client: openClient(target, { access, signal: until, policy }), ...served, forget };
};

const get: Request = { method: 'GET', path: '/api/v1/namespaces/flink/pods' };

describe('a request', () => {
  it('carries the token and JSON, and brings JSON back', async () => {
    const { client, seen } = await clientFor([{ status: 201, body: { metadata: { name: 'x' } } }]);

    const answer = await client.send({ method: 'POST', path: '/apis/x', json: { a: 'ü' } });

    expect(answer).toMatchObject({ status: 201, body: { metadata: { name: 'x' } } });
    expect(seen).toMatchObject([
      { method: 'POST', url: '/apis/x', headers: { authorization: 'Bearer token-1', 'content-length': '10' } },
    ]);
    expect(seen[0]?.body.toString()).toBe('{"a":"ü"}');
  });

  it('uses a connection again', async () => {
    const { client, sockets } = await clientFor([{ status: 200 }]);

    for (let count = 0; count < 15; count += 1) await client.send(get);

    expect(sockets.size).toBe(1);
  });

  it('reads all pages of a list', async () => {
    const item = (name: string) => ({ name });
    const { client, seen } = await clientFor([
      { status: 200, body: { items: [item('a')], metadata: { continue: 'more & more' } } },
      { status: 200, body: { items: [item('b')], metadata: {} } },
    ]);

    const names = await client.list('/pods', z.object({ name: z.string() }), { labelSelector: 'app=x' });

    expect(names).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(seen.map(({ url }) => url)).toEqual([
      '/pods?labelSelector=app%3Dx&limit=500',
      '/pods?labelSelector=app%3Dx&limit=500&continue=more+%26+more',
    ]);
  });

  it('refuses an answer that is something else', async () => {
    const { client } = await clientFor([{ status: 200, body: { surprise: true } }]);

    await expect(client.get('/x', z.object({ metadata: z.object({}) }))).rejects.toMatchObject({
      code: 'target-refused',
    });
  });
});

describe('a refusal', () => {
  it.each([
    [401, 'Unauthorized', 'target-refused', 'there is no access entry for the role of this function'],
    [403, 'Forbidden', 'target-refused', 'because Forbidden. Rights are given by a Role in namespace flink'],
    [404, 'NotFound', 'target-refused', 'because NotFound'],
    [409, 'Conflict', 'conflict', 'because Conflict'],
    [410, 'Expired', 'target-refused', 'because Expired'],
    [422, 'Invalid', 'refused-option', 'because Invalid'],
    [429, 'TooManyRequests', 'target-unreachable', 'because TooManyRequests'],
    [500, 'InternalError', 'target-unreachable', 'because InternalError'],
    [502, 'BadGateway', 'target-unreachable', 'because BadGateway'],
    [503, 'ServiceUnavailable', 'target-unreachable', 'because ServiceUnavailable'],
    [504, 'Timeout', 'target-unreachable', 'because Timeout'],
  ])('of %i is a fault', async (code, reason, fault, message) => {
    const { client } = await clientFor([{ status: code, body: status(code, reason) }]);

    await expect(client.send(get)).rejects.toMatchObject({
      code: fault,
      reason,
      message: expect.stringContaining(message) as string,
    });
  });

  it('names each invalid field', async () => {
    const causes = [
      { field: 'spec.replicas', message: 'must be positive', reason: 'FieldValueInvalid' },
      { field: 'spec.template.spec.containers[0].image', message: 'Required value' },
    ];
    const { client } = await clientFor([{ status: 422, body: status(422, 'Invalid', { details: { causes } }) }]);

    await expect(client.send(get)).rejects.toMatchObject({
      errors: [
        { pointer: '/manifests/spec.replicas', detail: 'must be positive' },
        { pointer: '/manifests/spec.template.spec.containers[0].image', detail: 'Required value' },
      ],
    });
  });

  it('is an answer where it is expected', async () => {
    const { client, seen } = await clientFor([{ status: 409, body: status(409, 'AlreadyExists') }]);

    const answer = await client.send({ method: 'POST', path: '/x', json: {}, expected: [409] });

    expect(answer.status).toBe(409);
    expect(seen).toHaveLength(1);
  });
});

describe('a repetition', () => {
  const busy = { status: 503, body: status(503, 'ServiceUnavailable') };

  it('comes after a passing failure', async () => {
    const { client, seen } = await clientFor([busy, busy, { status: 200 }]);

    await client.send(get);

    expect(seen).toHaveLength(3);
  });

  it('comes three times at most', async () => {
    const { client, seen } = await clientFor([busy]);

    await expect(client.send(get)).rejects.toMatchObject({ code: 'target-unreachable' });

    expect(seen).toHaveLength(4);
  });

  it('waits as long as the server asks', async () => {
    const { client } = await clientFor([{ ...busy, headers: { 'retry-after': '1' } }, { status: 200 }]);
    const start = performance.now();

    await client.send(get);

    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('is left to the caller when the server asks for long', async () => {
    const { client, seen } = await clientFor([{ ...busy, headers: { 'retry-after': '30' } }]);

    await expect(client.send(get)).rejects.toMatchObject({
      code: 'target-unreachable',
      retryAfterSeconds: 30,
    });

    expect(seen).toHaveLength(1);
  });

  it('does not come for what must not be done twice, nor after a refusal', async () => {
    const once = await clientFor([busy]);
    const refused = await clientFor([{ status: 403, body: status(403, 'Forbidden') }]);

    await expect(once.client.send({ method: 'POST', path: '/x', json: {}, repeatable: false })).rejects.toThrow();
    await expect(refused.client.send(get)).rejects.toThrow();

    expect([once.seen.length, refused.seen.length]).toEqual([1, 1]);
  });

  it('comes once with a fresh token when the token is refused', async () => {
    const { client, seen } = await clientFor([{ status: 401, body: status(401, 'Unauthorized') }, { status: 200 }]);

    await client.send(get);

    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('does not outlive the signal, and says then what kept it waiting', async () => {
    const { client } = await clientFor(
      [{ ...busy, headers: { 'retry-after': '5' } }],
      undefined,
      AbortSignal.timeout(2_000),
    );

    await expect(client.send(get)).rejects.toMatchObject({ code: 'target-unreachable' });
  });
});

describe('a broken connection', () => {
  it('asks for the address again when the certificate does not fit, and uses what comes', async () => {
    const { url } = await serve([{ status: 200 }]);
    const { access, forget, state } = accessTo(url, strangers.cert);
    forget.mockImplementation(() => {
      state.ca = pems.cert;
    });

    const answer = await openClient(target, { access, signal: signal(), policy }).send(get);

    expect(answer.status).toBe(200);
    expect(forget.mock.calls).toEqual([[target, 'address']]);
  });

  it('says where nobody answered, and asks for the address again', async () => {
    const { url, server } = await serve([]);
    await new Promise((done) => server.close(done));
    const { access, forget } = accessTo(url);

    const sent = openClient(target, { access, signal: signal(), policy }).send(get);

    await expect(sent).rejects.toMatchObject({
      code: 'target-unreachable',
      message: `EKS cluster analytics at ${url.host} could not be connected to: ECONNREFUSED`,
    });
    expect(forget).toHaveBeenCalledWith(target, 'address');
  });

  it('is repeated when it breaks under a request', async () => {
    let count = 0;
    const { client, forget } = await clientFor([], (request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else response.end('{}');
    });

    await client.send(get);

    expect(count).toBe(2);
    expect(forget).not.toHaveBeenCalled();
  });

  it('has an end when no answer comes', async () => {
    const { client } = await clientFor([], () => {});

    const sent = client.send({ ...get, timeoutMs: 30, repeatable: false });

    await expect(sent).rejects.toMatchObject({
      code: 'target-unreachable',
      message: expect.stringContaining('no answer within 0.03 s') as string,
    });
  });
});

describe('a stream', () => {
  const mebibyte = new Uint8Array(1_048_576).fill(7);
  const upload = (body: AsyncIterable<Uint8Array>, bytes: number): Request => ({
    method: 'POST',
    path: '/upload',
    stream: { body, bytes, contentType: 'application/octet-stream' },
  });

  it('is sent as it is, with its length', async () => {
    const { client, seen } = await clientFor([{ status: 200 }]);
    const body = (async function* chunks() {
      for (let count = 0; count < 5; count += 1) yield mebibyte;
    })();

    await client.send(upload(body, 5 * 1_048_576));

    expect(seen[0]?.headers).toMatchObject({ 'content-length': '5242880', 'content-type': 'application/octet-stream' });
    expect(seen[0]?.headers['transfer-encoding']).toBeUndefined();
    expect(seen[0]?.body.equals(Buffer.alloc(5 * 1_048_576, 7))).toBe(true);
  });

  it('is not held in memory: it is read as fast as the server reads', async () => {
    let read = 0;
    const { client } = await clientFor([], (request) => request.pause());
    const body = (async function* chunks() {
      for (; read < 500; read += 1) yield mebibyte;
    })();

    const sent = client.send({ ...upload(body, 500 * 1_048_576), timeoutMs: 500 });

    await expect(sent).rejects.toMatchObject({ code: 'target-unreachable' });
    expect(read).toBeLessThan(50);
  });

  it('fails with its own fault, and is not sent twice', async () => {
    const { client, seen } = await clientFor([{ status: 200 }]);
    const body = (async function* chunks() {
      yield mebibyte;
      throw new Fault('jar-refused', 'no such jar');
    })();

    await expect(client.send(upload(body, 2 * 1_048_576))).rejects.toMatchObject({ code: 'jar-refused' });

    expect(seen).toHaveLength(0);
  });

  it('gives way to an answer that comes before its end', async () => {
    const { client } = await clientFor([], (request, response) => {
      request.pause();
      response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(status(403, 'Forbidden')));
    });
    const body = (async function* chunks() {
      for (let count = 0; count < 50; count += 1) yield mebibyte;
    })();

    await expect(client.send(upload(body, 50 * 1_048_576))).rejects.toMatchObject({ code: 'target-refused' });
  });
});
