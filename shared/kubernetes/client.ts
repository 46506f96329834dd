// node:https costs the same by import, by require and by process.getBuiltinModule (13 ms: TLS). The 30 ms of importing
// node:http come from its lazy WebSocket export, which this module does not have.
import { Agent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import * as z from 'zod';

import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { policies, repeat, type RetryPolicy } from '#shared/retries.ts';

import type { Access, Connection } from './credentials.ts';
import { type Answer, refusalOf } from './status.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With every value in it encoded. */
  readonly path: string;
  readonly json?: unknown;
  readonly stream?: { readonly body: AsyncIterable<Uint8Array>; readonly bytes: number; readonly contentType: string };
  readonly timeoutMs?: number;
  /** Refusals that the caller expects, and gets as an answer. */
  readonly expected?: readonly number[];
  /** False for what must not be done twice. */
  readonly repeatable?: boolean;
}

export interface Client {
  /**
   * The answer, if it is a success or expected.
   *
   * @throws Fault `target-unreachable`, `target-refused`, `refused-option`, `changed-meanwhile`; `deadline-exceeded`
   * when the signal came first.
   */
  send(request: Request): Promise<Answer>;
  /** The object at a path. Undefined when there is none. */
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined>;
  /** All objects of a list, however many pages it has. */
  list<S extends z.ZodType>(
    path: string,
    schema: S,
    query: Readonly<Record<string, string>>,
  ): Promise<readonly z.output<S>[]>;
}

/** One request over a connection, and whatever answer comes. */
export type Exchange = (
  connection: Connection,
  request: Request,
  target: NamedTarget,
  access: Access,
  signal: AbortSignal,
) => Promise<Answer>;

/** How a client reaches its server, and how it waits. */
interface ClientOptions {
  readonly policy: RetryPolicy;
  readonly exchange: Exchange;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In `[0, 1)`. */
  readonly random: () => number;
}
/** All tries together have to end before an HTTP request does, so that its answer can say what was tried. */
const defaultTimeoutMs = 5_000;
const pageSize = 500;

/** Connections are kept for the next request. The agent keeps those of different servers, authorities and certificates apart. */
const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** A client of one target's API server. Its requests end with the signal. */
export const clientOf = (
  target: NamedTarget,
  access: Access,
  signal: AbortSignal,
  { policy = policies.kubernetes, exchange = exchangeOverTls, ...pauses }: Partial<ClientOptions> = {},
): Client => {
  const tryOnce = async (request: Request): Promise<Answer> => {
    const answer = await exchange(await access.open(target, signal), request, target, access, signal);
    if (answer.status !== 401) return answer;
    access.forget(target, 'token');
    if (request.stream !== undefined) return answer; // It is used up.
    return exchange(await access.open(target, signal), request, target, access, signal);
  };

  const expectedOf = async (request: Request): Promise<Answer> => {
    const answer = await tryOnce(request);
    const isExpected =
      (answer.status >= 200 && answer.status < 300) || request.expected?.includes(answer.status) === true;
    if (!isExpected) throw refusalOf(answer, target);
    return answer;
  };

  const send = async (request: Request): Promise<Answer> => {
    try {
      return await repeat(() => expectedOf(request), {
        policy,
        isTransient: (error) => isRepeatable(request) && error instanceof Fault && error.code === 'target-unreachable',
        askedMs: (error) => (error instanceof Fault ? (error.retryAfterSeconds ?? 0) : 0) * 1_000,
        signal,
        ...pauses,
      });
    } catch (error) {
      if (error instanceof Fault || !signal.aborted) throw error;
      throw new Fault('deadline-exceeded', `EKS cluster ${target.cluster} did not answer in time`, { cause: error });
    }
  };

  const understood = <S extends z.ZodType>(schema: S, body: unknown, path: string): z.output<S> => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new Fault('target-refused', `EKS cluster ${target.cluster} answered ${path} with something else`, {
      cause: parsed.error,
    });
  };

  const get: Client['get'] = async (path, schema) => {
    const answer = await send({ method: 'GET', path, expected: [404] });
    return answer.status === 404 ? undefined : understood(schema, answer.body, path);
  };

  const list: Client['list'] = async (path, schema, query) => {
    const Page = z.object({ items: z.array(schema), metadata: z.object({ continue: z.string().optional() }) });
    const items: z.output<typeof schema>[] = [];
    let next: string | undefined;
    do {
      const parameters = new URLSearchParams({
        ...query,
        limit: String(pageSize),
        ...(next === undefined ? {} : { continue: next }),
      });
      const { body } = await send({ method: 'GET', path: `${path}?${parameters.toString()}` });
      const page = understood(Page, body, path);
      items.push(...page.items);
      next = page.metadata.continue;
    } while (next !== undefined && next !== '');
    return items;
  };

  return { send, get, list };
};

const isRepeatable = ({ repeatable = true, stream }: Request) => repeatable && stream === undefined;

const exchangeOverTls: Exchange = async (connection, request, target, access, signal) => {
  const { timeoutMs = defaultTimeoutMs } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  const progress = { connected: false };
  try {
    return await roundTrip(connection, request, AbortSignal.any([signal, timeout]), progress);
  } catch (error) {
    if (error instanceof Fault) throw error; // Of the stream that was to be sent.
    if (signal.aborted) throw signal.reason instanceof Fault ? signal.reason : error;
    if (!progress.connected) access.forget(target, 'address');
    const what = timeout.aborted ? `no answer within ${timeoutMs / 1_000} s` : codeOf(error);
    const reached = progress.connected ? 'did not answer' : 'could not be connected to';
    throw new Fault(
      'target-unreachable',
      `EKS cluster ${target.cluster} at ${connection.server.host} ${reached}: ${what}`,
      { cause: error },
    );
  }
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'the connection failed';

const roundTrip = (connection: Connection, request: Request, signal: AbortSignal, progress: { connected: boolean }) => {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { server, ca } = connection;
  const body = request.json === undefined ? undefined : Buffer.from(JSON.stringify(request.json));
  const outgoing = httpsRequest({
    host: server.hostname.replace(/^\[|\]$/g, ''),
    port: server.port === '' ? 443 : server.port,
    path: `${server.pathname.replace(/\/$/, '')}${request.path}`,
    method: request.method,
    // A kept connection may have died while Lambda slept. What cannot be repeated gets one of its own.
    agent: isRepeatable(request) ? agent : false,
    ca,
    signal,
    headers: {
      accept: 'application/json, */*',
      'user-agent': 'drey',
      ...bodyHeaders(request, body),
      ...('token' in connection ? { authorization: `Bearer ${connection.token}` } : {}),
    },
    ...('cert' in connection ? { cert: connection.cert, key: connection.key } : {}),
  });
  const connected = () => {
    progress.connected = true;
  };
  outgoing.once('socket', (socket) => {
    if (outgoing.reusedSocket) connected();
    else socket.once('secureConnect', connected);
  });
  let answered = false;
  outgoing.once('response', (incoming) => {
    answered = true;
    text(incoming).then(
      (content) =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: incoming.headers['content-type']?.includes('json') === true ? jsonOr(content) : content,
          retryAfterSeconds: seconds(incoming.headers['retry-after']),
        }),
      reject,
    );
  });
  // A server that has answered need not read the rest of the body: then the answer counts, not the broken pipe.
  const failed = (error: unknown) => {
    if (!answered) reject(error);
  };
  outgoing.on('error', failed);
  if (request.stream === undefined) outgoing.end(body);
  else pipeline(Readable.from(request.stream.body, { objectMode: false }), outgoing).catch(failed);
  return promise;
};

const bodyHeaders = ({ stream }: Request, body: Buffer | undefined): Record<string, string | number> => {
  if (stream !== undefined) return { 'content-type': stream.contentType, 'content-length': stream.bytes };
  if (body !== undefined) return { 'content-type': 'application/json', 'content-length': body.byteLength };
  return {};
};

const jsonOr = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch {
    return content; // It only says that it is JSON; a schema will say that it is not.
  }
};

/** Kubernetes gives seconds, never a date. */
const seconds = (header: string | undefined): number | undefined => {
  const value = Number(header);
  return header !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
};
