import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { generate } from 'selfsigned';
import { afterEach, beforeAll, vi } from 'vitest';

import type { Access } from '#shared/kubernetes/access/credentials.ts';
import { openClient } from '#shared/kubernetes/api/client.ts';
import type { Request } from '#shared/kubernetes/api/exchange.ts';
import { target } from '#test/unit/shared/kubernetes/target.ts';

export { target };
export const policy = { retries: 3, initialMs: 1, maxMs: 5, maxRetryAfterMs: 5_000 };
export const signal = () => AbortSignal.timeout(10_000);
export const status = (code: number, reason: string, more: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  code,
  reason,
  message: `because ${reason}`,
  ...more,
});

export let pems: { readonly private: string; readonly cert: string };
export let strangers: { readonly cert: string };
export const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] }];
  [pems, strangers] = await Promise.all([generate([], { keyType: 'ec', extensions }), generate([], { keyType: 'ec' })]);
});
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

export type Reply = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

/** An API server on this machine with these responses. The last one is repeated. */
export const serve = async (replies: readonly Reply[], listen?: RequestListener) => {
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

/** Access whose token has a number, which increases each time the token is forgotten. */
export const accessTo = (server: URL, ca = pems.cert) => {
  const state = { tokens: 1, ca };
  const forget = vi.fn<Access['forget']>((_, part) => {
    if (part === 'token') state.tokens += 1;
  });
  const open: Access['open'] = async () => ({ server, ca: state.ca, token: `token-${state.tokens}` });
  return { access: { open, identify: async () => 'arn:of:nobody', forget }, forget, state };
};

export const clientFor = async (replies: readonly Reply[], listen?: RequestListener, until = signal()) => {
  const served = await serve(replies, listen);
  const { access, forget } = accessTo(served.url);
  return { client: openClient(target, { access, signal: until, policy }), ...served, forget };
};

export const get: Request = { method: 'GET', path: '/api/v1/namespaces/flink/pods' };
