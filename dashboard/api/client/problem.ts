import { problems } from '#events/problems/problem-table.ts';

import type { Problem } from '../types.ts';
import { isHosted } from './caller.ts';

/** What the page shows of a failed call. `status` is 0 when there was no answer. */
type Details = Pick<Problem, 'title' | 'status' | 'detail'> &
  Partial<Pick<Problem, 'reason' | 'operationId' | 'errors'>> & {
    /** A code of Drey, or of the loopback server. */
    readonly code?: string;
    readonly retryable?: boolean;
  };

/** A call that failed, with what the answer said about it. */
export class ApiError extends Error {
  readonly details: Details;

  constructor(details: Details, options: ErrorOptions = {}) {
    super(details.detail, options);
    this.name = 'ApiError';
    this.details = details;
  }

  /** Whether the same request may succeed later without a change. */
  get isRetryable(): boolean {
    const { status, retryable } = this.details;
    return retryable ?? (status === 0 || status === 429 || status >= 500);
  }

  /** What the reader can do about it, in plain text. */
  get wayOut(): string | undefined {
    const { status, code } = this.details;
    if (isHosted() && status === 0) return 'Check the network. The page asks again by itself.';
    if (isHosted() && status === 401)
      return 'The API does not accept your token. Sign out and in again. If that does not help, tell an operator.';
    if (status === 0 || code === 'not-opened')
      return 'Run `drey dashboard` again, and open the address that it prints.';
    if (status === 401)
      return 'The API does not accept the token or the credentials: they may have expired. Renew them, and run `drey dashboard` again.';
    if (code === undefined) return undefined;
    const known = Object.hasOwn(problems, code);
    // Own keys of the table are its codes.
    return ofPage[code] ?? (known ? toPlainText(problems[code as keyof typeof problems].action) : undefined);
  }

  /** Whether it says that something does not exist. */
  get isNotFound(): boolean {
    return this.details.code === 'not-found';
  }
}

/** What to do in the page, by the code of the problem. The table of problems speaks of requests. */
const ofPage: Readonly<Record<string, string>> = {
  'malformed-request': 'Correct it, and try again.',
  'not-found': 'It may have been removed, or the address has a mistake.',
  'deployment-failed': 'Fix the cause, then choose Deploy again.',
};

/** Markdown of the table as plain text. The page gives each command a key of its own. */
const toPlainText = (markdown: string): string =>
  markdown
    .replaceAll(/\s*\(?\[([^\]]+)\]\([^)]*\)\)?/g, ' $1')
    .replaceAll(/ with a new key(?:,| and) a /g, ' with a ')
    .replaceAll(' with a new key', '');

/** The field that a problem is about: `lifetime.ttl` of `/lifetime/ttl`. */
export const describePointer = (pointer: string): string =>
  pointer === '/operationId' ? 'Operation ID' : pointer.slice(1).replaceAll('/', '.');

/** The answer does not have the form of the API. */
export const notTheApi = {
  title: 'Not the API of Drey',
  status: 200,
  detail:
    'The answer is not one of the API. A proxy may have answered with a page of its own, for example to sign in. Check the endpoint of the API.',
};

/**
 * Any thrown value as an error that the page can show.
 *
 * @param what What has happened, apart from the message of the value. Left out: the calls of the page have no answer.
 */
export const toApiError = (
  error: unknown,
  what = isHosted() ? 'The API does not answer' : 'The server of the dashboard does not answer',
): ApiError => {
  if (error instanceof ApiError) return error;
  if (error instanceof SyntaxError) return new ApiError(notTheApi, { cause: error });
  const detail = `${what}: ${error instanceof Error ? error.message : String(error)}`;
  return new ApiError({ title: 'No answer', status: 0, detail }, { cause: error });
};

/** The failure that an answer describes: problem details, or the message of API Gateway. */
export const readProblem = (status: number, body: unknown): ApiError => {
  const fields: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {};
  if (typeof fields['title'] === 'string' && typeof fields['detail'] === 'string')
    return new ApiError({ ...(body as Problem), status }); // Title and detail are those of problem details.
  const { message } = fields;
  const detail = typeof message === 'string' ? message : typeof body === 'string' && body !== '' ? body : undefined;
  return new ApiError({
    title: status === 401 || status === 403 ? 'Access denied' : `HTTP status ${status}`,
    status,
    detail: detail ?? 'The answer has no description.',
  });
};
