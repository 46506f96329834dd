import type * as z from 'zod';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Access } from '#shared/kubernetes/access/credentials.ts';
import { policies, repeat, type RetryPolicy } from '#shared/retries.ts';

import { type Exchange, exchangeOverTls, isConnected, isRepeatable, type Request } from './exchange.ts';
import { type Lists, openLists } from './lists.ts';
import { parseBody } from './parse-body.ts';
import { type Answer, toRefusal } from './status.ts';

export interface Client extends Lists {
  /** Opens a connection for the next request, unless one is kept. @throws as `send` does. */
  connect(): Promise<void>;
  /**
   * Sends a request and returns the answer, if its status is a success or an expected one.
   *
   * @throws Fault `target-unreachable`, `target-refused`, `refused-option` or `conflict` by the status;
   *   `deadline-exceeded` when the signal aborts first.
   */
  send(request: Request): Promise<Answer>;
  /** The object at a path; undefined when there is none. */
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined>;
}

/** The API server of one target, and the namespace that Drey uses there. */
export interface Api {
  readonly client: Client;
  readonly target: NamedTarget;
  /** The stage and the target, which no other stage has. */
  readonly owner: string;
}

interface ClientOptions {
  readonly access: Access;
  /** Ends all requests of the client. */
  readonly signal: AbortSignal;
  readonly policy?: RetryPolicy;
  readonly exchange?: Exchange;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In `[0, 1)`. */
  readonly random?: () => number;
}

/** A client of the API server of one target. */
export const openClient = (target: NamedTarget, options: ClientOptions): Client => {
  const send: Client['send'] = (request) => sendWithRetries(request, target, options);

  const connect: Client['connect'] = async () => {
    const connection = await options.access.open(target, options.signal);
    if (options.exchange !== undefined || isConnected(connection)) return;
    // Every role may read the version. The answer does not matter.
    await send({ method: 'GET', path: '/version', expected: [403, 404] });
  };

  const get: Client['get'] = async (path, schema) => {
    const answer = await send({ method: 'GET', path, expected: [404] });
    return answer.status === 404 ? undefined : parseBody(answer.body, schema, { path, target });
  };

  return { connect, send, get, ...openLists({ send, target }) };
};

const sendWithRetries = async (request: Request, target: NamedTarget, options: ClientOptions): Promise<Answer> => {
  const { policy = policies.kubernetes, signal, sleep, random } = options;
  let attempts = 0;
  try {
    const attempt = () => {
      attempts += 1;
      return sendExpected(request, target, options);
    };
    const answer = await repeat(attempt, {
      policy,
      isTransient: (error) => isRepeatable(request) && error instanceof Fault && error.code === 'target-unreachable',
      retryAfterMs: (error) => (error instanceof Fault ? (error.retryAfterSeconds ?? 0) : 0) * 1_000,
      signal,
      ...(sleep === undefined ? {} : { sleep }),
      ...(random === undefined ? {} : { random }),
    });
    return attempts > 1 ? { ...answer, isRepeated: true } : answer;
  } catch (error) {
    if (error instanceof Fault || !signal.aborted) throw error;
    const message = `EKS cluster ${target.cluster} did not answer before the time limit of the request. Retry later.`;
    throw new Fault('deadline-exceeded', message, { cause: error });
  }
};

/** @throws Fault when the status is neither a success nor an expected one. */
const sendExpected = async (request: Request, target: NamedTarget, options: ClientOptions): Promise<Answer> => {
  const answer = await sendAuthenticated(request, target, options);
  const isExpected =
    (answer.status >= 200 && answer.status < 300) || request.expected?.includes(answer.status) === true;
  if (!isExpected) throw toRefusal(answer, target);
  return answer;
};

/** Sends a request, and once more with a new token when the API server does not accept the token. */
const sendAuthenticated = async (
  request: Request,
  target: NamedTarget,
  { access, signal, exchange = exchangeOverTls }: ClientOptions,
): Promise<Answer> => {
  const answer = await exchange(request, {
    connection: await access.open(target, signal),
    target,
    access,
    signal,
  });
  if (answer.status !== 401) return answer;
  access.forget(target, 'token');
  // A stream can be read only once.
  if (request.stream !== undefined) return answer;
  return exchange(request, { connection: await access.open(target, signal), target, access, signal });
};
