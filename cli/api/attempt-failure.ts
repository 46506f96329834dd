import type { Problem } from '#events/problem.ts';

import { Failure } from './failure.ts';
import { failureOf } from './problem-failure.ts';
import type { Settings } from './settings.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const retriesOfConnection = 2;

const retriedStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** One attempt that did not bring what was asked for. */
export class AttemptFailed extends Error {
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

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** Parsed JSON, or undefined where it is none. */
  readonly body: unknown;
}

export const unreachable = ({ apiUrl, apiFrom }: Settings, error: unknown): Failure => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const word =
    cause instanceof Error && 'code' in cause ? String(cause.code) : cause instanceof Error ? cause.message : '';
  return new Failure(`The API of Drey does not answer at ${apiUrl.href} (${word}).`, {
    lines: [`The address is from ${apiFrom}.`],
    hint: 'Run `npm start` for a system on this machine, or `drey configure --api URL` (or DREY_API, --api) with where it is.',
    cause: error,
  });
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

export const notTheApi = () =>
  new Failure('What answered is not the API of Drey.', { hint: 'Look at DREY_API (or --api).' });

const isProblem = (body: unknown): body is Problem =>
  isObject(body) && typeof body['code'] === 'string' && typeof body['detail'] === 'string';

export const refusalOf = (answer: Answer, { method, url }: Pick<ApiRequest, 'method' | 'url'>): AttemptFailed => {
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
