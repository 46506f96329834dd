import { expect, it } from 'vitest';

import { openKeptLogs } from '#shared/aws/kept-logs.ts';
import type { S3Call } from '#shared/aws/s3.ts';

const file = { target: 'etl', clusterId: 'nightly', operationId: 'a'.repeat(32), name: 'my-pod.0.log.gz' };
const { signal } = new AbortController();

it('keeps files below the incarnation, and passes on the signal', async () => {
  const calls: unknown[] = [];
  const call: S3Call = async (action, input, options) => {
    calls.push([action, input, options]);
    return {};
  };

  await openKeptLogs('bucket', call).put(file, Buffer.from('gz'), signal);

  const Key = `logs/etl/nightly/${file.operationId}/my-pod.0.log.gz`;
  const input = { Bucket: 'bucket', Key, Body: Buffer.from('gz'), ContentType: 'application/gzip' };
  expect(calls).toEqual([['s3:PutObject', input, { signal }]]);
});
