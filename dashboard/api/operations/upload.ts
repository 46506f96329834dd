import { toUploadName } from '#shared/upload-name.ts';

import { readProblem, toApiError } from '../client/problem.ts';

interface UploadOptions {
  /** The sent part of the file, from 0 to 1. */
  readonly onProgress: (fraction: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Uploads a jar for a target through the loopback server. `fetch` does not report the progress of a request.
 *
 * @returns The `jar` of a submit: s3://…
 * @throws ApiError
 */
export const uploadJar = (target: string, file: File, { onProgress, signal }: UploadOptions): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = new XMLHttpRequest();
  const query = new URLSearchParams({ target, name: toUploadName(file.name) });
  request.open('POST', `/upload?${query}`);
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total));
  request.addEventListener('load', () => {
    const body = parseJson(request.responseText);
    if (request.status === 201 && hasJar(body)) resolve(body.jar);
    else reject(readProblem(request.status, body ?? request.responseText));
  });
  request.addEventListener('error', () => reject(toApiError(new Error('The upload was interrupted.'))));
  request.addEventListener('abort', () => reject(toApiError(new Error('The upload was canceled.'))));
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
