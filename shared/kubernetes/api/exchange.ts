// node:https costs the same by import, by require and by process.getBuiltinModule (13 ms: TLS). The 30 ms of importing
// node:http come from its lazy WebSocket export, which this module does not have.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { answerTooLarge } from '#shared/flink/rest/transport/transport.ts';
import type { Access, Connection } from '#shared/kubernetes/access/credentials.ts';

import { isDeeperThan } from '#shared/json-depth.ts';

import type { Answer } from './status.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path with its query. All values in it are encoded. */
  readonly path: string;
  /** The media type of the answer. JSON by default. */
  readonly accept?: string;
  readonly json?: unknown;
  readonly stream?: { readonly body: AsyncIterable<Uint8Array>; readonly bytes: number; readonly contentType: string };
  readonly timeoutMs?: number;
  /** The maximum size of the answer. 32 MB by default, for lists of objects. */
  readonly maxAnswerBytes?: number;
  /** Whether the body of a success is returned as its bytes. */
  readonly asBytes?: true;
  /** Statuses that are returned as answers, although they are not successes. */
  readonly expected?: readonly number[];
  /** Whether a retry is safe. True by default; a stream is never sent twice. */
  readonly repeatable?: boolean;
}

interface Route {
  readonly connection: Connection;
  readonly target: NamedTarget;
  readonly access: Access;
  readonly signal: AbortSignal;
}

/**
 * Sends one request over a connection, and returns any answer.
 *
 * @throws Fault `target-unreachable` when there is no answer.
 * @throws Fault `target-refused` when the answer is too large or too deep.
 */
export type Exchange = (request: Request, route: Route) => Promise<Answer>;

/** Three attempts and their pauses end within the 30 s of an HTTP request, so that its answer can describe the failure. */
const defaultTimeoutMs = 5_000;

const defaultMaxAnswerBytes = 32_000_000;
const maxAnswerDepth = 100;

/** Keeps connections for the next request, separately for each server, certificate authority and client certificate. */
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** How many connections of the agent each server has. */
const openConnections = new Map<string, number>();

const countConnection = ({ host }: URL, socket: Socket): void => {
  openConnections.set(host, (openConnections.get(host) ?? 0) + 1);
  socket.once('close', () => openConnections.set(host, (openConnections.get(host) ?? 0) - 1));
};

/** Whether a connection to the server is kept or in use. */
export const isConnected = ({ server: { host } }: Connection): boolean => (openConnections.get(host) ?? 0) > 0;

export const isRepeatable = ({ repeatable = true, stream }: Request): boolean => repeatable && stream === undefined;

export const exchangeOverTls: Exchange = async (request, { connection, target, access, signal }) => {
  const { timeoutMs = defaultTimeoutMs } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const progress = { isConnected: false };
  try {
    return await roundTrip(request, connection, { signal: AbortSignal.any([signal, timeout]), progress });
  } catch (error) {
    if (error instanceof Fault) throw error; // The stream to send has failed, or the answer is refused.
    if (signal.aborted) throw signal.reason instanceof Fault ? signal.reason : error;
    if (!progress.isConnected) access.forget(target, 'address');
    const failure = progress.isConnected ? 'did not answer' : 'cannot be reached';
    const cause = timeout.aborted ? `no answer within ${timeoutMs / 1_000} s` : getErrorCode(error);
    const message = `EKS cluster ${target.cluster} at ${connection.server.host} ${failure} (${cause}).`;
    throw new Fault('target-unreachable', message, { cause: error });
  }
};

const getErrorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'the connection failed';

interface RoundTrip {
  readonly signal: AbortSignal;
  /** Is set when the connection is established. */
  readonly progress: { isConnected: boolean };
}

/** A socket that a waiting request takes over counts as new for Node, although it is connected. */
const connectedSockets = new WeakSet<Socket>();

const roundTrip = (request: Request, connection: Connection, { signal, progress }: RoundTrip): Promise<Answer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const body = request.json === undefined ? undefined : Buffer.from(JSON.stringify(request.json));
  const outgoing = openRequest(request, connection, { body, signal });
  const markConnected = () => {
    progress.isConnected = true;
  };
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket || connectedSockets.has(socket)) return markConnected();
    socket.once('secureConnect', () => {
      connectedSockets.add(socket);
      if (isRepeatable(request)) countConnection(connection.server, socket);
      markConnected();
    });
  });
  let isAnswered = false;
  outgoing.once('response', (incoming) => {
    isAnswered = true;
    readAnswer(incoming, request).then(resolve, reject);
  });
  // A server may answer before it has read the whole body. The answer then counts, and not the broken connection.
  const fail = (error: unknown) => {
    if (!isAnswered) reject(error);
  };
  outgoing.on('error', fail);
  if (request.stream === undefined) outgoing.end(body);
  else pipeline(Readable.from(request.stream.body, { objectMode: false }), outgoing).catch(fail);
  return promise;
};

const openRequest = (
  request: Request,
  connection: Connection,
  { body, signal }: { readonly body: Buffer | undefined; readonly signal: AbortSignal },
): ClientRequest => {
  const { server, ca } = connection;
  return httpsRequest({
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port === '' ? 443 : server.port,
    path: `${server.pathname.replace(/\/$/, '')}${request.path}`,
    method: request.method,
    // A kept connection may break while Lambda freezes the function. A request that cannot be repeated gets a new one.
    agent: isRepeatable(request) ? agent : false,
    ca,
    signal,
    headers: {
      accept: request.accept ?? 'application/json, */*',
      'user-agent': 'drey',
      ...toBodyHeaders(request, body),
      ...('token' in connection ? { authorization: `Bearer ${connection.token}` } : {}),
    },
    ...('cert' in connection ? { cert: connection.cert, key: connection.key } : {}),
  });
};

const toBodyHeaders = ({ stream }: Request, body: Buffer | undefined): Record<string, string | number> => {
  if (stream !== undefined) return { 'content-type': stream.contentType, 'content-length': stream.bytes };
  if (body !== undefined) return { 'content-type': 'application/json', 'content-length': body.byteLength };
  return {};
};

const readAnswer = async (incoming: IncomingMessage, request: Request): Promise<Answer> => {
  const content = await readContent(incoming, request);
  const { statusCode: status = 0 } = incoming;
  const isSuccess = status >= 200 && status < 300;
  const isJson = incoming.headers['content-type']?.includes('json') === true;
  const parse = () => (isJson ? parseJson(content.toString(), request) : content.toString());
  return {
    status,
    body: request.asBytes === true && isSuccess ? content : parse(),
    bytes: content.byteLength,
    retryAfterSeconds: parseSeconds(incoming.headers['retry-after']),
  };
};

/** The answer is held in memory, which the other requests of the function need, too. */
const readContent = async (incoming: IncomingMessage, request: Request): Promise<Buffer> => {
  const { maxAnswerBytes = defaultMaxAnswerBytes } = request;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes)
      throw refuseAnswer(request, {
        predicate: `is larger than ${maxAnswerBytes / 1_000_000} MB, the maximum that Drey reads`,
        reason: answerTooLarge,
        cause: { bytes: Number(incoming.headers['content-length'] ?? Number.NaN) },
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const parseJson = (content: string, request: Request): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return content; // The content type is wrong. The schema of the caller then rejects the text.
  }
  if (isDeeperThan(value, maxAnswerDepth))
    throw refuseAnswer(request, { predicate: `has more than ${maxAnswerDepth} levels, the maximum that Drey reads` });
  return value;
};

interface Refusal {
  /** What is wrong with the answer. */
  readonly predicate: string;
  readonly reason?: string;
  readonly cause?: unknown;
}

const refuseAnswer = ({ method, path }: Request, { predicate, ...options }: Refusal): Fault =>
  new Fault('target-refused', `The answer to ${method} ${path.split('?', 1)[0] ?? ''} ${predicate}.`, options);

/** Kubernetes sends `Retry-After` in seconds, and never as a date. */
const parseSeconds = (header: string | undefined): number | undefined => {
  const value = Number(header);
  return header !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
};
