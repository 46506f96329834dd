import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';

import { sign } from '#cli/api/sign.ts';

import { system } from './system.ts';

/**
 * Sends a signed request of the administrator to the API, with a path that no client normalizes, and returns its text.
 *
 * @param target The path with its query, from `/v1` on.
 */
export const callRaw = async (method: string, target: string) => {
  const { hostname, port, host, pathname: base } = new URL(system.apiUrl);
  const [pathname = '', search] = `${base.replace(/\/$/, '')}${target}`.split('?');
  // A URL has no other path than a normalized one.
  const url = { host, pathname, search: search === undefined ? '' : `?${search}` } as URL;
  const credentials = async () => system.credentials;
  const headers = await sign({ method, url, headers: {} }, { region: system.region, credentials });
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
  const path = `${pathname}${url.search}`;
  httpRequest({ hostname, port, path, method, headers: { ...headers, host }, agent: false })
    .once('response', resolve)
    .once('error', reject)
    .end();
  const incoming = await promise;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await text(incoming) };
};
