import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

import { Failure } from '#cli/api/failure.ts';
import { UsageError } from '#cli/options/usage-error.ts';

import { type Access, checkHost, checkSource, createAccess, isEntry, type Refusal, tokenParameter } from './access.ts';
import { entryHeaders, sharedHeaders } from './headers.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';

/** What a listener answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A request that the listener has let through. */
export interface Admitted extends RequestTarget {
  readonly request: IncomingMessage;
  /** Aborts when the browser or the command ends. */
  readonly signal: AbortSignal;
}

export interface Listener {
  /** `http://HOST:PORT` */
  readonly origin: string;
  readonly port: number;
  /** The address that opens a browser, with a token that is valid once. */
  readonly newAddress: (ttlMs?: number) => string;
  readonly close: () => Promise<void>;
}

interface ListenerOptions {
  /**
   * The only host that the server answers to. The dashboard and the web UIs of clusters have different ones, so that an open page
   * of a cluster never has the origin or the cookies of a later dashboard with its port.
   */
  readonly host: '127.0.0.1' | 'localhost';
  /** 0 for any free one. */
  readonly port: number;
  readonly handle: (admitted: Admitted) => Promise<Reply>;
  /** Whether the browser forgets what earlier servers of this port have stored. */
  readonly clearsStorage: boolean;
  /** Called after a browser has opened an address, which is no longer valid then. */
  readonly onEntered?: (() => void) | undefined;
  readonly signal: AbortSignal;
}

interface ProblemOptions {
  readonly code?: string;
  /** Whether the same request may succeed later. Default: false. */
  readonly retryable?: boolean;
}

/** A problem in the form of those of the API. */
export const newProblem = (status: number, title: string, detail: string, options: ProblemOptions = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ title, status, detail, retryable: false, ...options }),
});

const toReply = ({ status, detail }: Refusal): Reply => newProblem(status, 'Request refused', detail);

/** A page of another port can set so many cookies that a smaller limit refuses all requests. */
const maxHeaderBytes = 1 << 20;

/**
 * Starts a server on this machine's loopback address, which only the browser that opened its address can use.
 *
 * @throws Failure when the port is not free.
 */
export const startListener = async (options: ListenerOptions): Promise<Listener> => {
  // The upload of a large file takes long.
  const server = createServer({ requestTimeout: 0, maxHeaderSize: maxHeaderBytes });
  const port = await listen(server, options.port);
  const access = createAccess(port);
  const authority = `${options.host}:${port}`;
  server.on('request', (request, response) => {
    void answer({ request, response, access, authority }, options);
  });
  const origin = `http://${authority}`;
  return {
    origin,
    port,
    newAddress: (ttlMs) => `${origin}/?${tokenParameter}=${access.issueToken(ttlMs)}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
};

const listen = async (server: Server, port: number): Promise<number> => {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Failure(`The server cannot listen on 127.0.0.1:${port} (${reason}).`, {
      hint: 'Choose another port with --port, or leave --port out.',
      cause: error,
    });
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A server of a port has no port.');
  return address.port;
};

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly access: Access;
  /** `HOST:PORT` */
  readonly authority: string;
}

const answer = async (exchange: Exchange, options: ListenerOptions): Promise<void> => {
  const { request, response } = exchange;
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const signal = AbortSignal.any([closed.signal, options.signal]);
  const { status, headers, body = '' } = await decide(exchange, options, signal).catch(toFailureReply);
  if (response.destroyed) return;
  response.writeHead(status, { ...sharedHeaders, ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  // What is left of a refused body would be taken for the next request.
  if (!request.complete) response.once('finish', () => request.destroy());
};

const decide = async (
  { request, access, authority }: Exchange,
  { handle, clearsStorage, onEntered }: ListenerOptions,
  signal: AbortSignal,
): Promise<Reply> => {
  const target = parseRequestTarget(request.url ?? '');
  if (target === undefined)
    return newProblem(400, 'Request refused', 'The path or the query is not one of this server.');
  const stranger = checkHost(request, authority);
  if (stranger !== undefined) return toReply(stranger);
  const token = target.path === '/' ? new URLSearchParams(target.query).get(tokenParameter) : null;
  if (token !== null && request.method === 'GET' && isEntry(request) && access.redeem(token)) {
    onEntered?.();
    return enter(access, clearsStorage);
  }
  const refusal = checkSource(request);
  if (refusal !== undefined) return toReply(refusal);
  if (!access.hasCookie(request.headers.cookie))
    return newProblem(
      401,
      'Not opened',
      'Open the address that the command printed. It is valid once: run the command again for a new one.',
      { code: 'not-opened' },
    );
  return handle({ ...target, request, signal });
};

/**
 * The cookie in exchange for a token, and a page that moves to the clean address at once. A redirect would keep the site of the
 * page that had the link, and browsers do not send the cookie from there.
 */
const enter = ({ cookie }: Access, clearsStorage: boolean): Reply => ({
  status: 200,
  headers: {
    ...entryHeaders,
    'set-cookie': cookie,
    ...(clearsStorage ? { 'clear-site-data': '"cache", "storage"' } : {}),
  },
  body: '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>Drey</title>',
});

const toFailureReply = (error: unknown): Reply => {
  if (error instanceof UsageError) return newProblem(400, 'Request refused', error.message);
  if (error instanceof Failure)
    return newProblem(502, 'The API cannot be reached', [error.message, error.hint].filter(Boolean).join(' '), {
      code: 'api-unreachable',
      retryable: true,
    });
  return newProblem(500, 'Internal error', 'The server of the command failed. Run it again.');
};
