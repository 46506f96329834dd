import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import type { Upload } from './responses.ts';

/** A file that S3 did not take. */
export class UploadError extends Error {
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean, cause?: unknown) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

/** A file to upload, of a known size. */
export interface UploadFile {
  /** For messages. */
  readonly name: string;
  readonly body: Readable;
  readonly bytes: number;
}

/**
 * Sends a file to the presigned URL of an upload. Uses `node:http`, because `fetch` sends a stream with chunked encoding, which
 * S3 does not accept.
 *
 * @throws UploadError
 */
export const putUpload = async (
  { url, headers }: Upload,
  { name, body, bytes }: UploadFile,
  signal: AbortSignal,
): Promise<void> => {
  const address = new URL(url);
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
  const request = send(address, { method: 'PUT', headers: { ...lowerCase, 'content-length': bytes }, signal });
  const response = new Promise<{ status: number; answer: Readable }>((resolve, reject) => {
    request.once('response', (message) => resolve({ status: message.statusCode ?? 0, answer: message }));
    request.once('error', reject);
  });
  const sending = pipeline(body, request);
  sending.catch(() => {}); // the response has the cause; without a response, `response` fails as well
  const { status, answer } = await response.catch((error: unknown) => {
    signal.throwIfAborted();
    throw new UploadError(
      `The upload of ${name} was interrupted: ${error instanceof Error ? error.message : String(error)}`,
      true,
      error,
    );
  });
  const reason = await text(answer);
  if (status >= 300) {
    const code = /<Code>(\w+)<\/Code>/.exec(reason)?.[1];
    throw new UploadError(
      `S3 refused the upload of ${name} (${[status, code].filter(Boolean).join(' ')}).`,
      status >= 500,
    );
  }
  await sending;
};
