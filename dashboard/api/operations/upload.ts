import { toUploadName } from '#shared/upload-name.ts';

import { isHosted } from '../client/caller.ts';
import { api, unwrap } from '../client/client.ts';
import { ApiError, readProblem, toApiError } from '../client/problem.ts';

interface UploadOptions {
  /** The sent part of the file, from 0 to 1. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Uploads a jar for a target: through the loopback server, or from a hosted page to the storage itself.
 *
 * @returns The `jar` of a submit: s3://…
 * @throws ApiError
 */
export const uploadJar = (target: string, file: File, options: UploadOptions): Promise<string> =>
  isHosted() ? uploadToStorage(target, file, options) : uploadThroughServer(target, file, options);

const uploadThroughServer = async (target: string, file: File, options: UploadOptions): Promise<string> => {
  const query = new URLSearchParams({ target, name: toUploadName(file.name) });
  const headers = { 'Content-Type': 'application/octet-stream' };
  const { status, text } = await sendFile({ method: 'POST', url: `/upload?${query}`, headers, file }, options);
  const body = parseJson(text);
  if (status === 201 && hasJar(body)) return body.jar;
  throw readProblem(status, body ?? text);
};

/** Browsers set these themselves, and refuse a page that does. */
const ownHeaders = new Set(['content-length', 'host']);

const uploadToStorage = async (target: string, file: File, options: UploadOptions): Promise<string> => {
  const name = toUploadName(file.name);
  const params = { path: { target } };
  const body = { name, bytes: file.size };
  const call = api.POST('/v1/targets/{target}/uploads', { params, body, signal: options.signal });
  const { jar, url, headers: signed } = await unwrap(call);
  const headers = Object.fromEntries(Object.entries(signed).filter(([key]) => !ownHeaders.has(key.toLowerCase())));
  const { status, text } = await sendFile(
    { method: 'PUT', url, headers, file, failure: 'The storage has not taken the file' },
    options,
  );
  if (status < 300) return jar;
  const reason = [status, /<Code>(\w+)<\/Code>/.exec(text)?.[1]].filter(Boolean).join(' ');
  throw new ApiError({
    title: 'Upload failed',
    status,
    detail: `S3 refused the upload of ${name} (${reason}).`,
    code: 'upload-failed',
    retryable: status >= 500,
  });
};

interface FileRequest {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly file: File;
  /** What has happened when there is no answer. */
  readonly failure?: string;
}

interface FileAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends a file. `fetch` does not report the progress of a request. @throws ApiError when there is no answer. */
const sendFile = (
  { method, url, headers, file, failure }: FileRequest,
  { onProgress, signal }: UploadOptions,
): Promise<FileAnswer> => {
  const { promise, resolve, reject } = Promise.withResolvers<FileAnswer>();
  const request = new XMLHttpRequest();
  request.open(method, url);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total));
  request.addEventListener('load', () => resolve({ status: request.status, text: request.responseText }));
  request.addEventListener('error', () => reject(toApiError(new Error('The upload was interrupted.'), failure)));
  request.addEventListener('abort', () => reject(toApiError(new Error('The upload was canceled.'), failure)));
  signal.addEventListener('abort', () => request.abort(), { once: true });
  request.send(file);
  return promise;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The answer of a proxy, for example.
  }
};

const hasJar = (body: unknown): body is { readonly jar: string } =>
  typeof body === 'object' && body !== null && 'jar' in body && typeof body.jar === 'string';
