import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';

import { awsTimeouts } from '#shared/retries.ts';

import { streamParts } from './body.ts';

/** Requests of all services share the connections, which stay open while the container lives. */
const options = { keepAlive: true, maxSockets: 50 };
const clients = {
  'http:': { request: http.request, agent: new http.Agent(options) },
  'https:': { request: https.request, agent: new https.Agent(options) },
};

export interface HttpRequestParts {
  readonly method: string;
  readonly endpoint: URL;
  /** The path with its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The caller reads the body or destroys it. It fails as `exchange` does. */
  readonly body: Readable;
  /** Reads the body. @throws as `exchange` does. */
  readonly text: () => Promise<string>;
}

const named = (name: string, message: string, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { name });

/** A connection that breaks is like a server that does not answer: the request may have had its effect. */
const brokenConnection: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  // The connection broke before the body was read.
  'ERR_STREAM_PREMATURE_CLOSE',
]);

const toNamed = (error: unknown, signal?: AbortSignal): unknown => {
  if (signal?.aborted === true) return named('AbortError', 'The request was aborted.', signal.reason);
  const isBroken = error instanceof Error && 'code' in error && brokenConnection.has(error.code);
  return isBroken ? named('TimeoutError', error.message, error) : error;
};

/**
 * Sends a request.
 *
 * @throws Error `TimeoutError` when no connection, no answer or no further part of it comes in time, or when the connection
 *   breaks; `AbortError` when the signal aborts; otherwise one with the code of a socket or of the resolver.
 */
export const exchange = ({ method, endpoint, target, headers, body, signal }: HttpRequestParts): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const { request: open, agent } = endpoint.protocol === 'http:' ? clients['http:'] : clients['https:'];
    const { hostname, port } = endpoint;
    const abortable = signal === undefined ? {} : { signal };
    const request = open({ hostname, port, path: target, method, headers, agent, ...abortable });
    let timer: NodeJS.Timeout | undefined;
    const limit = (ms: number, what: string) => {
      clearTimeout(timer);
      timer = setTimeout(() => request.destroy(named('TimeoutError', `${endpoint.host} ${what} within ${ms} ms`)), ms);
    };
    const limitAnswer = () => limit(awsTimeouts.requestMs, 'did not answer');
    request
      // Before it has a socket, a request waits for others, which have limits.
      .on('socket', (socket) => {
        if (!socket.connecting) return limitAnswer();
        limit(awsTimeouts.connectionMs, 'accepted no connection');
        socket.once('connect', limitAnswer);
      })
      .on('response', (answer) => {
        clearTimeout(timer);
        const body = streamParts(answer, readParts(answer, signal));
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, text: () => readText(body) });
      })
      .on('error', (error) => {
        clearTimeout(timer);
        reject(toNamed(error, signal));
      })
      .end(body);
  });

/** Each part comes in time. The time in which the caller does not ask for one does not count: it may be slow itself. */
async function* readParts(body: IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const parts = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator](); // Without an encoding the parts are buffers.
  try {
    for (;;) {
      const part = await nextInTime(parts, body);
      if (part.done === true) return;
      yield part.value;
    }
  } catch (error) {
    throw toNamed(error, signal);
  }
}

const nextInTime = async <T>(parts: AsyncIterator<T>, body: IncomingMessage): Promise<IteratorResult<T>> => {
  const stalled = setTimeout(() => {
    body.destroy(named('TimeoutError', `no part of the answer came within ${awsTimeouts.requestMs} ms`));
  }, awsTimeouts.requestMs);
  try {
    return await parts.next();
  } finally {
    clearTimeout(stalled);
  }
};

const readText = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
};
