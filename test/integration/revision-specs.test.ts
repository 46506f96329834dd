import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, expect, it, vi } from 'vitest';

import { openRevisionSpecs } from '#shared/aws/revision-specs.ts';
import { revisionSpecsContract } from '#test/contracts/revision-specs.ts';

import { aws, freshId, system } from '../support/system.ts';

const bucket = system.outputs['BucketName'] ?? '';
const inDays = (count: number) => new Date(Date.now() + count * 24 * 3_600_000);
const specsAt = (now: Date) => openRevisionSpecs({ bucket, now: () => now });

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
  vi.stubEnv('AWS_REGION', aws.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', aws.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', aws.credentials.secretAccessKey);
});

revisionSpecsContract('The bucket of the AWS emulator', () => specsAt(inDays(8)));

it('a spec is renewed by a copy of itself, once a week', async () => {
  const id = freshId('spec');
  await specsAt(inDays(0)).put(id, { mode: 'session' });
  const head = () => new S3Client(aws).send(new HeadObjectCommand({ Bucket: bucket, Key: `revisions/${id}.json` }));
  const { LastModified: written } = await head();
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // S3 counts in seconds

  await specsAt(inDays(6)).renew(id);
  expect((await head()).LastModified).toEqual(written);

  await specsAt(inDays(8)).renew(id);
  expect((await head()).LastModified?.getTime()).toBeGreaterThan(written?.getTime() ?? Infinity);
  expect((await head()).ContentType).toBe('application/json');
});
