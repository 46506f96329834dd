import { createHash, createHmac } from 'node:crypto';

import { escapeUri } from '#events/escape-uri.ts';

import type { Settings } from './settings.ts';

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** The headers of a request with the token of the caller, or with a signature. */
export const authenticate = async (
  request: UnsignedRequest,
  settings: Pick<Settings, 'region' | 'credentials' | 'token'>,
): Promise<Record<string, string>> =>
  settings.token === undefined
    ? sign(request, settings)
    : { ...request.headers, authorization: `Bearer ${settings.token}` };

/**
 * Signs a request with SigV4 for the service `execute-api`. Returns its headers with the signature.
 *
 * The SDK does the same, but takes longer to load than the request.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const sign = async (
  { method, url, headers, body = '' }: UnsignedRequest,
  { region, credentials }: Pick<Settings, 'region' | 'credentials'>,
): Promise<Record<string, string>> => {
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const sent = {
    ...headers,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const lines = Object.entries({ ...sent, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  const signedHeaders = lines.map(([name]) => name).join(';');
  const canonical = [
    method,
    url.pathname.split('/').map(escapeUri).join('/'), // encoded once more, as API Gateway does
    url.search.slice(1).split('&').toSorted().join('&'),
    ...lines.map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders,
    hash(body),
  ].join('\n');
  const scope = [day, region, 'execute-api', 'aws4_request'];
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part).digest(), `AWS4${secretAccessKey}`);
  const signature = hmac(key, [algorithm, time, scope.join('/'), hash(canonical)].join('\n')).digest('hex');
  const credential = [accessKeyId, ...scope].join('/');
  return {
    ...sent,
    authorization: `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
};

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);
