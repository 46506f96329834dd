import type { ClientRequest, IncomingMessage } from 'node:http';

import type { ApiRequest, ApiResponse } from './attempt-failure.ts';

/** Longer than the 30 s that the API has for a request. */
const timeoutMs = 35_000;

/**
 * Sends a request, and returns any answer. Redirects are not followed, because a signature is valid for one address only.
 *
 * @throws Error when no complete answer arrives within 35 s.
 */
export const exchange = async (request: ApiRequest, signal: AbortSignal): Promise<ApiResponse> => {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const incoming = await send(request, AbortSignal.any([signal, timeout]));
    const text = await readText(incoming);
    return {
      status: incoming.statusCode ?? 0,
      retryAfter: incoming.headers['retry-after'] ?? null,
      body: parseJson(text),
    };
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

const readText = async (incoming: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // for example the HTML page of a proxy; the status is enough
  }
};
