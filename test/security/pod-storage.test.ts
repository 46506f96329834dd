import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  CopyObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, it } from 'vitest';

import type { NamedTarget } from '#events/records/target.ts';

import { aws, call, freshId, kubectl, system } from '../support/system.ts';

/** Address and access key that the pods have. */
let pods: typeof aws;
beforeAll(async () => {
  const { body } = await call<{ targets: readonly NamedTarget[] }>('GET', '/v1/targets');
  const target = body.targets.find(({ name }) => name === system.target);
  const secret = await kubectl('get', 'secret', 's3', '-n', system.namespace, '-o', 'json');
  const { data } = JSON.parse(secret) as { readonly data: Readonly<Record<string, string>> };
  const decode = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString();
  const credentials = { accessKeyId: decode('access-key'), secretAccessKey: decode('secret-key') };
  pods = { ...aws, endpoint: target?.defaults['s3.endpoint'] ?? '', credentials };
});

const open = (config: typeof aws) => new S3Client({ ...config, forcePathStyle: true, maxAttempts: 1 });
const Bucket = system.podBucket ?? '';
const drey = system.outputs['BucketName'];

describe('pods that use S3 for something else', () => {
  it('reach their own bucket', async () => {
    const Key = `test-${freshId('object')}`;
    await open(pods).send(new PutObjectCommand({ Bucket, Key, Body: 'state' }));

    const { Body } = await open(pods).send(new GetObjectCommand({ Bucket, Key }));

    expect(await Body?.transformToString()).toBe('state');
  });

  it.each([
    ['the list of buckets', () => open(pods).send(new ListBucketsCommand())],
    ['the bucket of Drey', () => open(pods).send(new ListObjectsV2Command({ Bucket: drey }))],
    [
      'a copy of an object of Drey',
      () => open(pods).send(new CopyObjectCommand({ Bucket, Key: 'stolen', CopySource: `${drey}/a` })),
    ],
    [
      'their bucket with the key that has all rights',
      () => open({ ...pods, credentials: aws.credentials }).send(new ListObjectsV2Command({ Bucket })),
    ],
    [
      'their bucket with another secret',
      () =>
        open({ ...pods, credentials: { ...pods.credentials, secretAccessKey: 'guess' } }).send(
          new ListObjectsV2Command({ Bucket }),
        ),
    ],
    ['the table of Drey', () => new DynamoDBClient({ ...pods, maxAttempts: 1 }).send(new ListTablesCommand())],
    [
      'the bucket of Drey, at the address of the emulator',
      () => open({ ...pods, endpoint: aws.endpoint }).send(new ListObjectsV2Command({ Bucket: drey })),
    ],
  ])('do not reach %s', async (_what, attack) => {
    await expect(attack()).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it('do not reach the emulator or the API of Drey at any address of this machine', async () => {
    const name = freshId('scan');
    const node = new URL(pods.endpoint);
    const machine = node.hostname.replace(/\.2$/, '.1');
    const { port } = new URL(aws.endpoint);
    const places = [
      `${node.hostname}/${port}`,
      `${machine}/${port}`,
      `${machine}/${node.port}`,
      `${node.hostname}/${node.port}`,
    ];
    const script = places.map((place) => `(exec 3<>/dev/tcp/${place}) 2>/dev/null && echo ${place}`).join('\n');
    const words = ['run', name, '-n', system.namespace, '--image=flink:2.2', '--restart=Never'];

    await kubectl(...words, '--', 'bash', '-c', `${script}\ntrue`);

    const phase = '--for=jsonpath={.status.phase}=Succeeded';
    await kubectl('wait', '-n', system.namespace, phase, '--timeout=120s', `pod/${name}`);
    const log = await kubectl('logs', '-n', system.namespace, name);
    await kubectl('delete', 'pod', name, '-n', system.namespace, '--wait=false');
    expect(log.trim()).toBe(`${node.hostname}/${node.port}`);
  });
});
