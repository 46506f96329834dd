import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Transform } from 'node:stream';

import { Failure } from '#cli/api/failure.ts';
import { path as apiPath } from '#cli/api/path.ts';
import type { Upload } from '#cli/api/responses.ts';
import { putUpload, UploadError } from '#cli/api/put-upload.ts';
import type { Context } from '#cli/context.ts';
import { showUpload } from '#cli/output/upload-bar.ts';
import { toUploadName } from '#shared/upload-name.ts';

import type { LocalJar } from './jar.ts';

/** Uploads the jar for a target. @returns The URL that a submit uses for the jar. */
export const uploadJar = async (jar: LocalJar, target: string, context: Context): Promise<string> => {
  const upload = await context.api.post<Upload>(apiPath`/v1/targets/${target}/uploads`, {
    name: toUploadName(basename(jar.file)),
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

const sendFile = (
  { file, bytes }: LocalJar,
  upload: Upload,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> =>
  putUpload(upload, { name: basename(file), body: createReadStream(file).pipe(countBytes(onProgress)), bytes }, signal);

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
