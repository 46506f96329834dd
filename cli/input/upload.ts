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

const longestName = 200;

/** The name that an upload may have: other characters become `_`. */
export const uploadName = (file: string): string => {
  const stem = basename(file)
    .slice(0, -'.jar'.length)
    .replaceAll(/[^\w.-]/g, '_');
  return `${stem.slice(0, longestName - '.jar'.length) || '_'}.jar`;
};

/** @returns What a submit calls the jar. */
export const uploadJar = async (jar: LocalJar, target: string, context: Context): Promise<string> => {
  const upload = await context.api.post<Upload>(apiPath`/v1/targets/${target}/uploads`, {
    name: uploadName(jar.file),
    bytes: jar.bytes,
  });
  const { policies, repeat } = await import('#shared/retries.ts');
  const bar = await showUpload(jar, context.io.stderr);
  try {
    await repeat(() => put(jar, upload, bar.update, context.signal), {
      policy: policies.upload,
      isTransient: (error) => error instanceof UploadFailed && error.retryable,
      signal: context.signal,
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof UploadFailed ? new Failure(error.message, { cause: error }) : error;
  } finally {
    bar.stop();
  }
  return upload.jar;
};

class UploadFailed extends Error {
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean, cause?: unknown) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

/** `fetch` sends a stream in chunks of unknown number, which S3 does not take: hence `node:http`. */
const put = async (
  { file, bytes }: LocalJar,
  { url, headers }: Upload,
  sent: (bytes: number) => void,
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
  const sending = pipeline(createReadStream(file), counting(sent), request);
  sending.catch(() => {}); // what the other end answered says more; without an answer `response` fails as well
  const { status, body } = await response.catch((error: unknown) => {
    signal.throwIfAborted();
    throw new UploadFailed(
      `The upload of ${basename(file)} broke off: ${error instanceof Error ? error.message : String(error)}`,
      true,
      error,
    );
  });
  const said = await text(body);
  if (status >= 300) {
    const code = /<Code>(\w+)<\/Code>/.exec(said)?.[1];
    throw new UploadFailed(
      `The upload of ${basename(file)} was refused (${[status, code].filter(Boolean).join(' ')}).`,
      status >= 500,
    );
  }
  await sending;
};

const counting = (sent: (bytes: number) => void): Transform => {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      sent(total);
      done(null, chunk);
    },
  });
};
