import { escapeUri } from '#events/escape-uri.ts';

import { type ApiRequest, toUnreachableFailure } from './attempt-failure.ts';
import { exchangeBytes, type RawResponse } from './exchange.ts';
import { Failure } from './failure.ts';
import { buildUrl } from './path.ts';
import type { Credentials } from './settings-files.ts';
import type { Settings } from './settings.ts';
import { authenticate } from './sign.ts';

/** A request of another program that goes to the API in the name of the caller. */
export interface ForwardedRequest {
  readonly method: ApiRequest['method'];
  /** With encoded segments. */
  readonly path: string;
  /** Without the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Sends one request with the credentials of the caller, and returns any answer as it is.
 *
 * @throws Failure without credentials, or when the API does not answer.
 */
export type Forward = (request: ForwardedRequest, signal: AbortSignal) => Promise<RawResponse>;

/** Credentials may come from a program or a service, which no request should wait for. */
const credentialsTtlMs = 300_000;

export const openForward = (settings: Settings): Forward => {
  const kept = { ...settings, credentials: keepCredentials(settings.credentials) };
  return async ({ method, path, query = '', headers = {}, body }, signal) => {
    const url = buildUrl(settings.apiUrl, path);
    url.search = encodeQuery(query);
    const request: ApiRequest = { method, url, headers, ...(body === undefined ? {} : { body }) };
    const signed = { ...request, headers: await authenticate(request, kept) };
    try {
      return await exchangeBytes(signed, signal);
    } catch (error) {
      throw error instanceof Failure ? error : toUnreachableFailure(settings, error);
    }
  };
};

/** The query as a signature has it: encoded in one way only. */
const encodeQuery = (query: string): string =>
  [...new URLSearchParams(query)].map(([name, value]) => `${escapeUri(name)}=${escapeUri(value)}`).join('&');

const keepCredentials = (load: () => Promise<Credentials>): (() => Promise<Credentials>) => {
  let known: { readonly credentials: Promise<Credentials>; readonly loadedMs: number } | undefined;
  return async () => {
    const now = Date.now();
    if (known !== undefined && now - known.loadedMs < credentialsTtlMs) {
      const credentials = await known.credentials;
      if (credentials.expiration === undefined || credentials.expiration.getTime() > now) return credentials;
    }
    const loading = { credentials: load(), loadedMs: now };
    known = loading;
    loading.credentials.catch(() => {
      if (known === loading) known = undefined;
    });
    return loading.credentials;
  };
};
