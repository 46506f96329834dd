import {
  type Answer,
  type ApiRequest,
  AttemptFailed,
  isObject,
  notTheApi,
  refusalOf,
  retriesOfConnection,
  unreachable,
} from './attempt-failure.ts';
import { Failure } from './failure.ts';
import { type Query, urlOf } from './path.ts';
import type { Settings } from './settings.ts';
import { sign } from './sign.ts';

interface PostOptions {
  /** How long the API may keep the request open until the operation is over. */
  readonly waitSeconds?: number;
}

/** The HTTP API. Answers are given the type that the caller names: they are the contract's, or come from a newer API with more in them. */
export interface Api {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body: unknown, options?: PostOptions): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
}

interface World {
  readonly settings: Settings;
  readonly signal: AbortSignal;
  /** Takes a line about each request and answer; nothing secret is in it. */
  readonly trace: (line: string) => void;
}

const requestTimeoutMs = 35_000;

export const connect = (world: World): Api => {
  const call = <T>(method: ApiRequest['method'], url: URL, headers: Record<string, string>, body?: unknown) =>
    send<T>({ method, url, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, world);
  const { apiUrl } = world.settings;
  return {
    get: (path, query = {}) => call('GET', urlOf(apiUrl, path, query), {}),
    put: (path, body) => call('PUT', urlOf(apiUrl, path), {}, body),
    delete: (path) => call('DELETE', urlOf(apiUrl, path), {}),
    post: (path, body, { waitSeconds } = {}) =>
      call(
        'POST',
        urlOf(apiUrl, path),
        {
          'idempotency-key': crypto.randomUUID(),
          ...(waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` }),
        },
        body,
      ),
  };
};

const send = async <T>(request: ApiRequest, world: World): Promise<T> => {
  const { policies, repeat } = await import('#shared/retries.ts');
  let tries = 0;
  const tryOnce = () => {
    tries += 1;
    return attempt<T>(request, world);
  };
  try {
    return await repeat(tryOnce, {
      policy: policies.api,
      isTransient: (error, retries) => error instanceof AttemptFailed && retries < error.mostRetries,
      retryAfterMs: (error) => (error instanceof AttemptFailed ? error.retryAfterMs : 0),
      signal: world.signal,
    });
  } catch (error) {
    world.signal.throwIfAborted();
    throw error instanceof AttemptFailed ? triedTimes(error.failure, tries) : error;
  }
};

const triedTimes = (failure: Failure, tries: number): Failure => {
  const { message, code, lines, errors, hint, cause } = failure;
  if (tries === 1) return failure;
  return new Failure(message, { code, lines: [...lines, `Tried ${tries} times.`], errors, hint, cause });
};

const attempt = async <T>(request: ApiRequest, { settings, signal, trace }: World): Promise<T> => {
  const headers = {
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const signed = await sign({ ...request, headers: { ...headers, ...request.headers } }, settings);
  const started = performance.now();
  trace(`> ${request.method} ${request.url.href}`);
  const response = await exchange({ ...request, headers: signed }, settings, signal);
  trace(`< ${response.status} after ${Math.round(performance.now() - started)} ms`);
  if (response.status >= 300) throw refusalOf(response, request);
  if (!isObject(response.body)) throw notTheApi();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see `Api`: a schema would refuse what a newer API adds
  return response.body as T;
};

/** @throws AttemptFailed when no whole answer came. */
const exchange = async (
  { method, url, headers, body }: ApiRequest,
  settings: Settings,
  signal: AbortSignal,
): Promise<Answer> => {
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      redirect: 'error', // a signature is for one address
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return { status: response.status, retryAfter: response.headers.get('retry-after'), body: jsonOf(text) };
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AttemptFailed(unreachable(settings, error), retriesOfConnection);
  }
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's page, say: its status tells enough
  }
};
