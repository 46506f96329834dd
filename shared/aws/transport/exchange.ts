import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';

import { awsTimeouts } from '#shared/retries.ts';

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
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The caller reads the body or destroys it. */
  readonly body: IncomingMessage;
  /** Reads the body. @throws as `exchange` does. */
  readonly text: () => Promise<string>;
}

const named = (name: string, message: string, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { name });

/** A connection that breaks is like a server that does not answer: the request may have had its effect. */
const brokenConnection: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

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
        const text = () => readText(answer, signal);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer, text });
      })
      .on('error', (error) => {
        clearTimeout(timer);
        reject(toNamed(error, signal));
      })
      .end(body);
  });

const readText = async (body: IncomingMessage, signal: AbortSignal | undefined): Promise<string> => {
  const stalled = setTimeout(() => {
    body.destroy(named('TimeoutError', `no part of the answer came within ${awsTimeouts.requestMs} ms`));
  }, awsTimeouts.requestMs);
  try {
    const parts: Buffer[] = [];
    for await (const part of body) {
      parts.push(part as Buffer); // Without an encoding the parts are buffers.
      stalled.refresh();
    }
    return Buffer.concat(parts).toString();
  } catch (error) {
    throw toNamed(error, signal);
  } finally {
    clearTimeout(stalled);
  }
};
