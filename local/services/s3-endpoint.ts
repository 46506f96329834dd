import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import * as z from 'zod';

import { type BackgroundProcess, launchServer } from './processes.ts';
import type { Settings } from '#local/settings.ts';

/**
 * The S3 that pods reach: one bucket of the AWS emulator. Pods must not reach the emulator itself, because its key `test`
 * has all rights, and its functions run on this machine.
 */
export const s3EndpointName = 's3-endpoint';

const Rules = z.object({
  /** Host and port by which pods reach the endpoint. */
  host: z.string(),
  bucket: z.string(),
  /** The access key of the pods. The emulator checks its signature and its policy. */
  accessKeyId: z.string(),
});
type Rules = Readonly<z.infer<typeof Rules>>;

const Config = Rules.extend({ port: z.number(), awsUrl: z.string() });

/** Starts the process, and waits until it listens. */
export const startS3Endpoint = (
  settings: Settings,
  { bucket, accessKeyId }: Pick<Rules, 'bucket' | 'accessKeyId'>,
): Promise<BackgroundProcess> => {
  const { s3Port: port, awsUrl, state } = settings;
  const value: z.infer<typeof Config> = { port, awsUrl, bucket, accessKeyId, host: new URL(settings.s3Url).host };
  const config = { path: join(state, 's3-endpoint.json'), value };
  const address = `http://127.0.0.1:${port}`;
  return launchServer(
    { name: s3EndpointName, title: 'S3 endpoint', script: import.meta.filename, config, address },
    settings,
  );
};

type Request = Pick<IncomingMessage, 'url' | 'headers'>;

/** Decodes a header. Malformed text is empty. */
const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return ''; // S3 refuses it, too
  }
};

/** Parameters by which a request names another key or another service than its headers do. */
const otherCaller = /^(x-amz-(algorithm|credential|signature|security-token)|awsaccesskeyid|action)$/i;

/** Why the emulator must not receive a request of a pod. Undefined for a signed request for the bucket. */
export const findRefusal = (
  { url = '', headers }: Request,
  { host, bucket, accessKeyId }: Rules,
): string | undefined => {
  const [path = '', query = ''] = url.split('?', 2);
  const isInBucket = (name: string) => name === bucket || name.startsWith(`${bucket}/`);
  const source = headers['x-amz-copy-source'];
  if (headers.host !== host) return `The host must be ${host}.`;
  if (!path.startsWith('/') || !isInBucket(path.slice(1))) return `The bucket must be ${bucket}.`;
  if (source !== undefined && !isInBucket(decode(String(source)).replace(/^\//, '')))
    return `The bucket of the copied object must be ${bucket}.`;
  if (headers['x-amz-target'] !== undefined) return 'The service must be S3.';
  const scope = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/\d{8}\/[^/,]+\/s3\/aws4_request,/;
  if (scope.exec(headers.authorization ?? '')?.[1] !== accessKeyId)
    return 'The request must be signed for S3 with the access key of the pods.';
  if ([...new URLSearchParams(query).keys()].some((name) => otherCaller.test(name)))
    return 'The signature must be in the headers.';
  return undefined;
};

export const createS3Endpoint = (awsUrl: string, rules: Rules): Server =>
  createServer({ requestTimeout: 0 }, (request, response) => {
    const refusal = findRefusal(request, rules);
    if (refusal !== undefined) {
      refuse(response, 403, refusal);
      return;
    }
    forward(request, response, awsUrl).catch((error: unknown) => {
      console.error(new Date().toISOString(), request.method, request.url, error);
      if (response.headersSent) response.destroy();
      else refuse(response, 503, 'The AWS emulator does not answer.');
    });
  });

const forward = async (request: IncomingMessage, response: ServerResponse, awsUrl: string): Promise<void> => {
  const { hostname, port } = new URL(awsUrl);
  // Node has answered `Expect: 100-continue` already.
  const { expect: _, connection: __, ...headers } = request.headers;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, path: request.url, method: request.method, headers }, resolve).once(
      'error',
      reject,
    );
    pipeline(request, outgoing).catch(reject);
  });
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  await pipeline(answer, response);
};

/** Answers with a failure as S3 does. The code of 503 makes clients retry. */
const refuse = (response: ServerResponse, status: 403 | 503, message: string): void => {
  const code = status === 403 ? 'AccessDenied' : 'ServiceUnavailable';
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
};

const main = (path: string): void => {
  const { port, awsUrl, ...rules } = Config.parse(JSON.parse(readFileSync(path, 'utf8')));
  createS3Endpoint(awsUrl, rules).listen(port, '127.0.0.1', () => console.log(`listening on ${port}`));
};

if (import.meta.main) main(process.argv[2] ?? '');
