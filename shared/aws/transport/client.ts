import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import { escapeUri } from '#events/escape-uri.ts';
import { isThrottled } from '#shared/aws/faults.ts';
import { policies, repeat } from '#shared/retries.ts';

import type { Service } from './endpoints.ts';
import { readCredentials, readRegion, readTraceId } from './environment.ts';
import { AwsError, toAwsError } from './errors.ts';
import { exchange, type HttpAnswer } from './exchange.ts';
import type { CallOptions, Credentials } from './operations.ts';
import { createRetryQuota } from './retry-quota.ts';
import { Sha256 } from './sha256.ts';

export interface AwsRequest {
  readonly service: Service;
  readonly method: string;
  readonly endpoint: URL;
  /** With escaped segments. It is sent as it is: a URL would resolve the segments `.` and `..`, which names may have. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface SignerOptions {
  readonly service: Service;
  readonly region: string;
  readonly credentials: Credentials;
}

export const createSigner = ({ service, region, credentials }: SignerOptions): SignatureV4 =>
  new SignatureV4({
    service,
    region,
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3', // S3 signs a path as it is sent, the others escape it once more.
  });

export const toHttpRequest = ({ method, endpoint, path, query = {}, headers = {}, body }: AwsRequest): HttpRequest =>
  new HttpRequest({
    method,
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
    path,
    query: { ...query },
    headers: { host: endpoint.host, ...headers },
    body,
  });

/** The path with its query, escaped as the signer escapes it. */
export const toRequestTarget = (path: string, query: HttpRequest['query'] = {}): string => {
  const parameters = Object.entries(query).map(([name, value]) => `${escapeUri(name)}=${escapeUri(String(value))}`);
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
};

const quota = createRetryQuota();

/**
 * Signs a request, sends it and reads its answer. Each attempt does all three.
 *
 * @throws see `Call`.
 */
export const send = async <T>(
  request: AwsRequest,
  { signal, credentials, region = readRegion() }: CallOptions,
  read: (answer: HttpAnswer) => Promise<T>,
): Promise<T> => {
  const answered = await repeat(async () => read(await attempt(request, { signal, credentials, region })), {
    policy: policies.aws,
    policyAfter: (error) => (isThrottled(error) ? policies.awsThrottling : policies.aws),
    isTransient: (error) => isTransient(error) && quota.take(error),
    retryAfterMs: (error) => (error instanceof AwsError ? error.retryAfterSeconds * 1000 : 0),
    ...(signal === undefined ? {} : { signal }),
  });
  quota.giveBack();
  return answered;
};

/** An answer may have no body. */
export const readJson = async (answer: HttpAnswer): Promise<unknown> => JSON.parse((await answer.text()) || '{}');

type Attempt = Omit<CallOptions, 'signal' | 'region'> & {
  readonly region: string;
  readonly signal: AbortSignal | undefined;
};

const attempt = async (request: AwsRequest, { signal, credentials, region }: Attempt): Promise<HttpAnswer> => {
  const signer = createSigner({ service: request.service, region, credentials: credentials ?? readCredentials() });
  const traceId = readTraceId();
  const traced = traceId === undefined ? {} : { 'x-amzn-trace-id': traceId };
  const signed = await signer.sign(toHttpRequest({ ...request, headers: { ...request.headers, ...traced } }));
  const answer = await exchange({
    method: request.method,
    endpoint: request.endpoint,
    target: toRequestTarget(request.path, signed.query),
    headers: { ...signed.headers, 'content-length': String(Buffer.byteLength(request.body ?? '')) },
    body: request.body,
    signal,
  });
  if (answer.status < 300) return answer;
  throw toAwsError({ status: answer.status, headers: answer.headers, text: await answer.text() });
};

/** Codes of sockets and of the resolver. */
const transientCodes: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const transientStatuses: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

const isTransient = (error: unknown): boolean => {
  if (isThrottled(error)) return !(error instanceof AwsError && error.CancellationReasons !== undefined);
  if (error instanceof AwsError) return transientStatuses.has(error.status) || error.name.startsWith('RequestTimeout');
  return (
    error instanceof Error && (error.name === 'TimeoutError' || ('code' in error && transientCodes.has(error.code)))
  );
};
