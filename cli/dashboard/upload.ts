import type { Forward } from '#cli/api/forward.ts';
import { path as apiPath } from '#cli/api/path.ts';
import { putUpload, UploadError } from '#cli/api/put-upload.ts';
import type { Upload } from '#cli/api/responses.ts';

import { toContentType } from './headers.ts';
import { type Admitted, newProblem, type Reply } from './listener.ts';

/**
 * Asks the API for an upload, and sends the body of the request to its address. The page cannot send it, because its policy lets
 * it connect to this server only.
 *
 * The query has the `target` and the `name` of the file. The answer has the `jar` of a submit.
 */
export const upload = async ({ request, query, signal }: Admitted, forward: Forward): Promise<Reply> => {
  const parameters = new URLSearchParams(query);
  const [target, name] = [parameters.get('target'), parameters.get('name')];
  const bytes = Number(request.headers['content-length'] ?? 0);
  if (!target || !name || bytes === 0)
    return newProblem(400, 'Request refused', 'An upload has a target, a name and a body with a Content-Length.');
  const { status, headers, body } = await forward(
    {
      method: 'POST',
      path: apiPath`/v1/targets/${target}/uploads`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ name, bytes }),
    },
    signal,
  );
  if (status !== 201) return { status, headers: { 'content-type': toContentType(headers['content-type']) }, body };
  const created: Upload = JSON.parse(body.toString()); // The API answers what it documents.
  try {
    await putUpload(created, { name, body: request, bytes }, signal);
  } catch (error) {
    if (!(error instanceof UploadError)) throw error;
    return newProblem(502, 'Upload failed', error.message, { code: 'upload-failed', retryable: error.retryable });
  }
  const { jar, expiresAt } = created;
  return { status: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jar, expiresAt }) };
};
