import { randomUUID } from 'node:crypto';

import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeAll, expect, it, vi } from 'vitest';

import { openJars } from '#shared/aws/jars.ts';

import { aws, system } from '../support/system.ts';

const target = system.target;
const bucket = system.outputs['BucketName'] ?? '';
const days = (count: number) => new Date(Date.now() + count * 24 * 3_600_000);
const jarsAt = (now: Date) => openJars({ bucket, now: () => now, newId: randomUUID });
const client = new S3Client(aws);

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
  vi.stubEnv('AWS_REGION', aws.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', aws.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', aws.credentials.secretAccessKey);
});

it('a jar is renewed by a copy of itself, once a week', async () => {
  const content = Buffer.from('PK\u0003\u0004 and more');
  const { jar, url, headers } = await jarsAt(days(0)).createUpload({
    target,
    name: 'a b.jar',
    bytes: content.byteLength,
  });
  expect((await fetch(url, { method: 'PUT', headers, body: content })).status).toBe(200);
  const head = () => client.send(new HeadObjectCommand({ Bucket: bucket, Key: jar.slice(`s3://${bucket}/`.length) }));
  const { LastModified: uploaded } = await head();
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // S3 counts in seconds

  expect(await jarsAt(days(6)).renew(jar)).toBe(true);
  expect((await head()).LastModified).toEqual(uploaded);

  expect(await jarsAt(days(8)).renew(jar)).toBe(true);
  expect((await head()).LastModified?.getTime()).toBeGreaterThan(uploaded?.getTime() ?? Infinity);
  expect(await jarsAt(days(0)).inspect(jar, target)).toMatchObject({ bytes: content.byteLength });
  expect((await head()).ContentType).toBe('application/java-archive');

  expect(await jarsAt(days(8)).renew(jar.replace('a b', 'gone'))).toBe(false);
}, 60_000);
