import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { presign } from '#shared/aws/services/s3.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-29T12:00:00Z'), toFake: ['Date'] });
  vi.stubEnv('AWS_ENDPOINT_URL', '');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFUNCTION');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'a+b/c==');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

it('a presigned URL differs from that of the AWS SDK only in the name of the operation, which S3 does not need', async () => {
  const at = { Bucket: 'drey-uploads', Key: "uploads/etl/1/a b+ü'(1).jar" };
  const headers = { 'content-length': '7', 'content-type': 'application/java-archive' };
  const url = new URL(await presign('s3:PutObject', at, { headers, seconds: 3600 }));
  const client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' });
  const command = new PutObjectCommand({ ...at, ContentLength: 7, ContentType: headers['content-type'] });
  const signableHeaders = new Set(['host', ...Object.keys(headers)]);
  const ofSdk = new URL(await getSignedUrl(client, command, { expiresIn: 3600, signableHeaders }));

  const parametersOf = ({ searchParams }: URL) =>
    Object.fromEntries([...searchParams].filter(([name]) => !['x-id', 'X-Amz-Signature'].includes(name)));
  expect([url.host, url.pathname]).toEqual([ofSdk.host, ofSdk.pathname]);
  expect(parametersOf(url)).toEqual(parametersOf(ofSdk));
  expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[\da-f]{64}$/);
});
