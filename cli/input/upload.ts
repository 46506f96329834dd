import { createReadStream } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { basename } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import { Failure } from '#cli/api/failure.ts';
import { path as apiPath } from '#cli/api/path.ts';
import type { Upload } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { showUpload } from '#cli/output/upload-bar.ts';

import type { LocalJar } from './jar.ts';

const maxNameLength = 200;

/** The name of an upload. Characters that are not allowed become `_`. */
export const toUploadName = (file: string): string => {
  const stem = basename(file)
    .slice(0, -'.jar'.length)
    .replaceAll(/[^\w.-]/g, '_');
  return `${stem.slice(0, maxNameLength - '.jar'.length) || '_'}.jar`;
};

/** Uploads the jar for a target. @returns The URL that a submit uses for the jar. */
export const uploadJar = async (jar: LocalJar, target: string, context: Context): Promise<string> => {
  const upload = await context.api.post<Upload>(apiPath`/v1/targets/${target}/uploads`, {
    name: toUploadName(jar.file),
    bytes: jar.bytes,
  });
  const { policies, repeat } = await import('#shared/retries.ts');
  const bar = await showUpload(jar, context.io.stderr);
  try {
    await repeat(() => sendFile(jar, upload, bar.update, context.signal), {
      policy: policies.upload,
      isTransient: (error) => error instanceof UploadError && error.retryable,
      signal: context.signal,
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof UploadError ? new Failure(error.message, { cause: error }) : error;
  } finally {
    bar.stop();
  }
  return upload.jar;
};

class UploadError extends Error {
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean, cause?: unknown) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

/** Uses `node:http`, because `fetch` sends a stream with chunked encoding, which S3 does not accept. */
const sendFile = async (
  { file, bytes }: LocalJar,
  { url, headers }: Upload,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> => {
  const address = new URL(url);
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const request = send(address, { method: 'PUT', headers: { ...lowerCase, 'content-length': bytes }, signal });
  const response = new Promise<{ status: number; body: Readable }>((resolve, reject) => {
    request.once('response', (message) => resolve({ status: message.statusCode ?? 0, body: message }));
    request.once('error', reject);
  });
  const sending = pipeline(createReadStream(file), countBytes(onProgress), request);
  sending.catch(() => {}); // the response has the cause; without a response, `response` fails as well
  const { status, body } = await response.catch((error: unknown) => {
    signal.throwIfAborted();
    throw new UploadError(
      `The upload of ${basename(file)} was interrupted: ${error instanceof Error ? error.message : String(error)}`,
      true,
      error,
    );
  });
  const answer = await text(body);
  if (status >= 300) {
    const code = /<Code>(\w+)<\/Code>/.exec(answer)?.[1];
    throw new UploadError(
      `S3 refused the upload of ${basename(file)} (${[status, code].filter(Boolean).join(' ')}).`,
      status >= 500,
    );
  }
  await sending;
};

const countBytes = (onProgress: (sentBytes: number) => void): Transform => {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      onProgress(total);
      done(null, chunk);
    },
  });
};
