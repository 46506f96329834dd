import { setTimeout } from 'node:timers/promises';

import {
  type ApiRequest,
  type ApiResponse,
  AttemptError,
  isObject,
  maxConnectionRetries,
  notTheApiFailure,
  toAttemptError,
  toUnreachableFailure,
} from './attempt-failure.ts';
import { exchange } from './exchange.ts';
import { Failure } from './failure.ts';
import { buildUrl, type Query } from './path.ts';
import type { Settings } from './settings.ts';
import { authenticate } from './sign.ts';
import { toSafeValue } from '#cli/output/safe-text.ts';

/** The options of a request that is a command. */
export interface CommandOptions {
  /** How long the API may hold the request until the operation is terminal. */
  readonly waitSeconds?: number;
  /** The idempotency key. Default: a random one. */
  readonly key?: string;
}

/**
 * The client of the HTTP API. The caller names the type of a response, and no schema checks it:
 * a newer API may add members that an older schema would refuse.
 */
export interface Api {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body: unknown, options?: CommandOptions): Promise<T>;
  /** With options, the request is a command. */
  put<T>(path: string, body: unknown, options?: CommandOptions): Promise<T>;
  delete<T>(path: string): Promise<T>;
}

interface World {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** Whether the answers are for people: then their texts are safe to print, and may differ from those of the API. */
  readonly isForPeople: boolean;
  /** Tells people why a command waits before it tries again. */
  readonly notify: (line: string) => void;
  /** Gets a line about each request and response, without secrets. */
  readonly trace: (line: string) => void;
}

export const connect = (world: World): Api => {
  const call = <T>(method: ApiRequest['method'], url: URL, headers: Record<string, string>, body?: unknown) =>
    send<T>({ method, url, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, world);
  const { apiUrl } = world.settings;
  return {
    get: (path, query = {}) => call('GET', buildUrl(apiUrl, path, query), {}),
    put: (path, body, options) =>
      call('PUT', buildUrl(apiUrl, path), options === undefined ? {} : toHeaders(options), body),
    delete: (path) => call('DELETE', buildUrl(apiUrl, path), {}),
    post: (path, body, options = {}) => call('POST', buildUrl(apiUrl, path), toHeaders(options), body),
  };
};

const toHeaders = ({ waitSeconds, key = crypto.randomUUID() }: CommandOptions): Record<string, string> => ({
  'idempotency-key': key,
  ...(waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` }),
});

/** Shorter pauses need no explanation. */
const minNoticeMs = 2_000;

const send = async <T>(request: ApiRequest, world: World): Promise<T> => {
  const first = attempt<T>(request, world);
  first.catch(() => {}); // Its failure is that of the first try below.
  // Loaded while the API works on the request, because most commands need no retry.
  const { policies, repeat } = await import('#shared/retries.ts');
  let tries = 0;
  let reason = '';
  const tryOnce = () => {
    tries += 1;
    return tries === 1 ? first : attempt<T>(request, world);
  };
  try {
    return await repeat(tryOnce, {
      policy: policies.api,
      isTransient: (error, retries) => {
        if (!(error instanceof AttemptError)) return false;
        reason = error.message;
        return retries < error.maxRetries;
      },
      sleep: async (ms, signal) => {
        if (ms >= minNoticeMs) world.notify(`${reason} Next attempt in ${Math.round(ms / 1_000)} s.`);
        await setTimeout(ms, undefined, { signal });
      },
      retryAfterMs: (error) => (error instanceof AttemptError ? error.retryAfterMs : 0),
      signal: world.signal,
    });
  } catch (error) {
    world.signal.throwIfAborted();
    throw error instanceof AttemptError ? withAttempts(error.failure, tries) : error;
  }
};

const withAttempts = (failure: Failure, tries: number): Failure => {
  const { message, code, operationId, lines: details, errors, hint, cause } = failure;
  if (tries === 1) return failure;
  const lines = [...details, `The request was sent ${tries} times.`];
  return new Failure(message, { code, operationId, lines, errors, hint, cause });
};

const attempt = async <T>(request: ApiRequest, { settings, signal, isForPeople, trace }: World): Promise<T> => {
  const headers = {
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const sent = { ...headers, ...request.headers };
  const signed = await authenticate({ ...request, headers: sent }, settings);
  const started = performance.now();
  trace(`> ${request.method} ${request.url.href}`);
  const answer = await tryExchange({ ...request, headers: signed }, settings, signal);
  const response = isForPeople ? { ...answer, body: toSafeValue(answer.body) } : answer;
  trace(`< ${response.status} after ${Math.round(performance.now() - started)} ms`);
  if (response.status >= 300) throw toAttemptError(response, request);
  if (!isObject(response.body)) throw notTheApiFailure();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see `Api`
  return response.body as T;
};

/** @throws AttemptError when no complete response arrives. */
const tryExchange = async (request: ApiRequest, settings: Settings, signal: AbortSignal): Promise<ApiResponse> => {
  try {
    return await exchange(request, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AttemptError(toUnreachableFailure(settings, error), maxConnectionRetries);
  }
};
