import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';

import type { ApiRequest, ApiResponse } from './attempt-failure.ts';

/** Longer than the 30 s that the API has for a request. */
const timeoutMs = 35_000;

/**
 * Sends a request, and returns any answer with its body as JSON. Redirects are not followed, because a signature is valid for
 * one address only.
 *
 * @throws Error when no complete answer arrives within 35 s.
 */
export const exchange = async (request: ApiRequest, signal: AbortSignal): Promise<ApiResponse> => {
  const { status, headers, body } = await exchangeBytes(request, signal);
  return { status, retryAfter: headers['retry-after'] ?? null, body: parseJson(body.toString()) };
};

/** An answer as it is. */
export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends a request, and returns any answer as it is. See {@link exchange}. */
export const exchangeBytes = async (request: ApiRequest, signal: AbortSignal): Promise<RawResponse> => {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const incoming = await send(request, AbortSignal.any([signal, timeout]));
    const body = await readBytes(incoming);
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body };
  } catch (error) {
    throw timeout.aborted ? new Error(`no answer within ${timeoutMs / 1_000} s`, { cause: error }) : error;
  }
};

const send = ({ method, url, headers, body }: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const outgoing = open(url, { method, headers: { ...headers, ...length }, signal });
  outgoing.once('response', resolve);
  // It stays after an answer: a connection that breaks later makes the answer incomplete, which its reader reports.
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
};

/** Neither `fetch` nor an import: both load more of Node than a request needs, and take longer than the request. */
const open = (url: URL, options: Parameters<typeof import('node:http').request>[1]): ClientRequest =>
  (url.protocol === 'https:' ? process.getBuiltinModule('node:https') : process.getBuiltinModule('node:http')).request(
    url,
    options,
  );

const readBytes = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // for example the HTML page of a proxy; the status is enough
  }
};
