import type { Problem } from '#events/problem.ts';

import { Failure, UsageError, failureOf } from './failure.ts';
import type { Settings } from './settings.ts';
import { sign } from './sign.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

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

interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const requestTimeoutMs = 35_000;
const retriesOfConnection = 2;
const retriedStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** One attempt that did not bring what was asked for. */
class AttemptFailed extends Error {
  readonly failure: Failure;
  readonly mostRetries: number;
  readonly retryAfterMs: number;

  constructor(failure: Failure, mostRetries: number, retryAfterMs = 0) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.mostRetries = mostRetries;
    this.retryAfterMs = retryAfterMs;
  }
}

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

/** Percent-encoded as signatures want it: also what `encodeURIComponent` leaves alone. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** A path whose parts cannot break out of it. */
export const path = (literals: TemplateStringsArray, ...names: readonly string[]): string =>
  literals.reduce((text, literal, index) => `${text}${segment(names[index - 1] ?? '')}${literal}`);

const segment = (name: string): string => {
  if (/^\.{0,2}$/.test(name)) throw new UsageError(`Not a name: "${name}"`);
  return encode(name);
};

/** The address of a call, behind the path that the API itself has. */
const urlOf = (apiUrl: URL, pathname: string, query: Query = {}): URL => {
  const url = new URL(apiUrl);
  url.pathname = `${apiUrl.pathname.replace(/\/$/, '')}${pathname}`;
  url.search = Object.entries(query)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${encode(key)}=${encode(String(value))}`]))
    .join('&');
  return url;
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

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** Parsed JSON, or undefined where it is none. */
  readonly body: unknown;
}

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

const unreachable = ({ apiUrl, apiFrom }: Settings, error: unknown): Failure => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const word =
    cause instanceof Error && 'code' in cause ? String(cause.code) : cause instanceof Error ? cause.message : '';
  return new Failure(`The API of Drey does not answer at ${apiUrl.href} (${word}).`, {
    lines: [`The address is from ${apiFrom}.`],
    hint: 'Run `npm start` for a system on this machine, or `drey configure --api URL` (or DREY_API, --api) with where it is.',
    cause: error,
  });
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const notTheApi = () => new Failure('What answered is not the API of Drey.', { hint: 'Look at DREY_API (or --api).' });

const isProblem = (body: unknown): body is Problem =>
  isObject(body) && typeof body['code'] === 'string' && typeof body['detail'] === 'string';

const refusalOf = (answer: Answer, { method, url }: Pick<ApiRequest, 'method' | 'url'>): AttemptFailed => {
  const { status, body } = answer;
  const failure = isProblem(body) ? failureOf(body, clusterIdIn(url)) : gatewayFailure(answer);
  const mayPass = retriedStatuses.has(status) || (status === 500 && method === 'GET');
  const again = mayPass && !(isProblem(body) && !body.retryable);
  return new AttemptFailed(failure, again ? Infinity : 0, retryAfterMs(answer.retryAfter));
};

/** Ids need no percent-encoding. */
const clusterIdIn = ({ pathname }: URL): string | undefined => /\/clusters\/([^/]+)/.exec(pathname)?.[1];

/** @see RFC 9110, 10.2.3: seconds or a date. */
const retryAfterMs = (header: string | null): number => {
  if (header === null) return 0;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
};

/** An answer of API Gateway or a proxy, before Drey was asked. */
const gatewayFailure = ({ status, body }: Answer): Failure => {
  const said = isObject(body) ? (body['message'] ?? body['Message']) : undefined;
  const detail = typeof said === 'string' ? `: ${said}` : '.';
  if (status === 401 || status === 403) {
    return new Failure(`The API did not let you in (${status})${detail}`, {
      hint: 'Look at your AWS credentials and region; they need the IAM permission execute-api:Invoke on this API.',
    });
  }
  return new Failure(
    `The API answered ${status}${detail}`,
    status === 404 ? { hint: 'Look at DREY_API (or --api).' } : {},
  );
};
