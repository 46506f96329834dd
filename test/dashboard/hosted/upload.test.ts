import { beforeEach, describe, expect, it, vi } from 'vitest';

import { setCaller } from '../../../dashboard/api/client/caller.ts';
import { uploadJar } from '../../../dashboard/api/operations/upload.ts';
import { answerProblem, fakeApi } from '../support/fake-api.ts';
import { makeCaller } from '../support/fake-issuer.ts';
import { fakeUpload } from '../support/fake-upload.ts';
import { makeProblem } from '../support/fixtures.ts';

const url = 'https://bucket.s3.eu-central-1.amazonaws.com/uploads/etl/1/job.jar?X-Amz-Signature=0';
const jar = 's3://bucket/uploads/etl/1/job.jar';
const file = new File(['jar'], 'job.jar');
const createUpload = () => ({
  jar,
  url,
  headers: { 'content-length': '3', 'content-type': 'application/java-archive' },
  expiresAt: '2026-11-30T13:00:00.000Z',
});

const start = async () => {
  const upload = fakeUpload();
  const onProgress = vi.fn<(fraction: number) => void>();
  const uploaded = uploadJar('etl', file, { onProgress, signal: new AbortController().signal });
  uploaded.catch(() => {}); // The test looks at it later.
  await vi.waitFor(() => expect(upload.sent).toHaveLength(1));
  return { ...upload, uploaded, onProgress };
};

beforeEach(() => setCaller(makeCaller()));

describe('an upload from the hosted page', () => {
  it('goes to the presigned URL, with the signed headers that a page may set', async () => {
    const { sent: calls } = fakeApi({ 'POST /v1/targets/{target}/uploads': createUpload });
    const { sent, progress, answer, uploaded, onProgress } = await start();
    progress(1, 2);
    answer(200, '');

    expect(await uploaded).toBe(jar);
    expect(calls[0]).toMatchObject({ path: { target: 'etl' }, body: { name: 'job.jar', bytes: 3 } });
    expect(sent).toEqual([{ url: `PUT ${url}`, headers: { 'content-type': 'application/java-archive' }, file }]);
    expect(onProgress).toHaveBeenCalledWith(0.5);
  });

  it('never sends the token to the storage', async () => {
    fakeApi({ 'POST /v1/targets/{target}/uploads': createUpload });
    const { sent } = await start();

    expect(JSON.stringify(sent[0]?.headers).toLowerCase()).not.toMatch(/authorization|token-1/);
  });

  it.each([
    [403, false],
    [503, true],
  ])('fails when the storage answers %i', async (status, isRetryable) => {
    fakeApi({ 'POST /v1/targets/{target}/uploads': createUpload });
    const { answer, uploaded } = await start();
    answer(status, '<Error><Code>AccessDenied</Code></Error>');

    await expect(uploaded).rejects.toMatchObject({
      details: { title: 'Upload failed', detail: `S3 refused the upload of job.jar (${status} AccessDenied).` },
      isRetryable,
    });
  });

  it('names the storage when that does not answer', async () => {
    fakeApi({ 'POST /v1/targets/{target}/uploads': createUpload });
    const { interrupt, uploaded } = await start();
    interrupt();

    await expect(uploaded).rejects.toMatchObject({
      details: { title: 'No answer', detail: 'The storage has not taken the file: The upload was interrupted.' },
    });
  });

  it('fails with what the API says', async () => {
    const problem = makeProblem({ title: 'Jar refused', status: 422, code: 'jar-refused' });
    fakeApi({ 'POST /v1/targets/{target}/uploads': () => answerProblem(problem) });

    const uploaded = uploadJar('etl', file, { onProgress: () => {}, signal: new AbortController().signal });

    await expect(uploaded).rejects.toMatchObject({ details: { title: 'Jar refused' } });
  });
});
