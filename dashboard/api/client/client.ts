import createClient from 'openapi-fetch';

import { send } from './caller.ts';
import { revalidate } from './etag.ts';
import { readProblem, toApiError } from './problem.ts';
import type { paths } from '../schema.ts';

/** The API, at the origin of the page: a server forwards the calls, and that of `drey dashboard` signs them. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  fetch: send,
});
api.use(revalidate());

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The body of a successful answer.
 *
 * @throws ApiError with what the answer says, or that there was none.
 */
export const unwrap = async <T>(call: Promise<Answer<T>>): Promise<NonNullable<T>> => {
  const { data, error, response } = await call.catch((reason: unknown) => {
    throw toApiError(reason);
  });
  if (!response.ok || data === undefined || data === null) throw readProblem(response.status, error);
  return data;
};
