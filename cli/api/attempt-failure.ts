import type { Problem } from '#events/problems/problem.ts';

import { Failure } from './failure.ts';
import { toFailure } from './problem-failure.ts';
import type { Settings } from './settings.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const maxConnectionRetries = 2;

const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** The failure of one attempt, and how often it may be retried. */
export class AttemptError extends Error {
  readonly failure: Failure;
  readonly maxRetries: number;
  readonly retryAfterMs: number;

  constructor(failure: Failure, maxRetries: number, parseRetryAfter = 0) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.maxRetries = maxRetries;
    this.retryAfterMs = parseRetryAfter;
  }
}

export interface ApiResponse {
  readonly status: number;
  readonly retryAfter: string | null;
  /** Parsed JSON; undefined when the body is not JSON. */
  readonly body: unknown;
}

export const toUnreachableFailure = ({ apiUrl, apiFrom }: Settings, error: unknown): Failure => {
  const word = error instanceof Error ? ('code' in error ? String(error.code) : error.message) : '';
  return new Failure(`The API at ${apiUrl.href} does not answer (${word}).`, {
    lines: [`The endpoint is set by ${apiFrom}.`],
    hint: 'Start the local system with `npm start`, or set the endpoint with `drey configure --api URL`, DREY_API or --api.',
    cause: error,
  });
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

export const notTheApiFailure = () =>
  new Failure('The endpoint answered, but it is not the API of Drey.', {
    hint: 'Check the endpoint with `drey configure --show`.',
  });

const isProblem = (body: unknown): body is Problem =>
  isObject(body) && typeof body['code'] === 'string' && typeof body['detail'] === 'string';

export const toAttemptError = (
  answer: ApiResponse,
  { method, url }: Pick<ApiRequest, 'method' | 'url'>,
): AttemptError => {
  const { status, body } = answer;
  const failure = isProblem(body)
    ? toFailure(body, { clusterId: clusterIdFromPath(url), path: url.pathname })
    : toGatewayFailure(answer);
  const isTransient = retryableStatuses.has(status) || (status === 500 && method === 'GET');
  const isRetryable = isTransient && !(isProblem(body) && !body.retryable);
  return new AttemptError(failure, isRetryable ? Infinity : 0, retryAfterMs(answer.retryAfter));
};

/** Needs no decoding, because ids have no percent-encoded characters. */
const clusterIdFromPath = ({ pathname }: URL): string | undefined => /\/clusters\/([^/]+)/.exec(pathname)?.[1];

/** `Retry-After` in milliseconds. @see RFC 9110, 10.2.3: seconds or a date. */
const retryAfterMs = (header: string | null): number => {
  if (header === null) return 0;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
};

/** The failure that API Gateway or a proxy answers before the request reaches Drey. */
const toGatewayFailure = ({ status, body }: ApiResponse): Failure => {
  const message = isObject(body) ? (body['message'] ?? body['Message']) : undefined;
  const detail = typeof message === 'string' ? `: ${message}` : '.';
  if (status === 401 || status === 403) {
    return new Failure(`The API denied access (${status})${detail}`, {
      hint: /^: Signature (?:expired|not yet current)/.test(detail)
        ? 'The signature is too old or too new: set the clock of this computer.'
        : 'Check your AWS credentials and region. The credentials need the permission execute-api:Invoke for this API. If its callers have tokens, set DREY_TOKEN to a valid one.',
    });
  }
  return new Failure(
    `The API answered ${status}${detail}`,
    status === 404 ? { hint: 'Check the names in the command, and the endpoint with `drey configure --show`.' } : {},
  );
};
