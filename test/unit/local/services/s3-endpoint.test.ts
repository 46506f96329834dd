import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createS3Endpoint, findRefusal } from '#local/services/s3-endpoint.ts';

const rules = { host: '10.77.0.2:6449', bucket: 'pods', accessKeyId: 'AKIAPODS' };
const signedBy = (key: string, service = 's3') =>
  `AWS4-HMAC-SHA256 Credential=${key}/20261128/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const headers = { host: rules.host, authorization: signedBy('AKIAPODS') };

describe('the S3 endpoint of the pods', () => {
  it.each([
    ['an object', '/pods/checkpoints/chk-1', {}],
    ['the bucket', '/pods?list-type=2&prefix=a%2F', {}],
    ['a copy in the bucket', '/pods/b', { 'x-amz-copy-source': '/pods/a' }],
    ['a copy with an encoded source', '/pods/b', { 'x-amz-copy-source': 'pods%2Fa' }],
  ])('passes %s', (_what, url, more) => {
    expect(findRefusal({ url, headers: { ...headers, ...more } }, rules)).toBeUndefined();
  });

  it.each([
    ['another bucket', '/drey/a', {}, 'bucket'],
    ['a bucket with a longer name', '/pods-of-others/a', {}, 'bucket'],
    ['the list of buckets', '/', {}, 'bucket'],
    ['an address of the emulator itself', '/_ministack/reset', {}, 'bucket'],
    ['an absolute address', 'http://127.0.0.1:4566/pods/a', {}, 'bucket'],
    ['a copy from another bucket', '/pods/b', { 'x-amz-copy-source': '/drey/a' }, 'copied'],
    ['a copy from another bucket, encoded', '/pods/b', { 'x-amz-copy-source': 'drey%2Fa' }, 'copied'],
    ['a copy with a malformed source', '/pods/b', { 'x-amz-copy-source': 'pods/%' }, 'copied'],
    ['another host', '/pods/a', { host: 'abc.execute-api.us-east-1.amazonaws.com' }, 'host'],
    ['the key with all rights', '/pods/a', { authorization: signedBy('test') }, 'access key'],
    ['no signature', '/pods/a', { authorization: undefined }, 'access key'],
    ['a signature for another service', '/pods/a', { authorization: signedBy('AKIAPODS', 'lambda') }, 'access key'],
    ['the target of another service', '/pods/a', { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, 'service'],
    ['a presigned URL', '/pods/a?X-Amz-Credential=test%2F20261128', {}, 'headers'],
    ['a presigned URL of the older kind', '/pods/a?AWSAccessKeyId=test', {}, 'headers'],
    ['a query of another service', '/pods/a?Action=ListUsers', {}, 'headers'],
  ])('refuses %s', (_what, url, more, reason) => {
    expect(findRefusal({ url, headers: { ...headers, ...more } }, rules)).toContain(reason);
  });
});

describe('the server', () => {
  let emulator: Server;
  let endpoint: Server;
  let seen: { request: IncomingMessage; body: string }[];
  beforeEach(async () => {
    seen = [];
    emulator = createServer((incoming, response) => {
      void text(incoming).then((body) => {
        seen.push({ request: incoming, body });
        return response.writeHead(200, { etag: '"1"' }).end('stored');
      });
    });
    await listen(emulator);
    endpoint = createS3Endpoint(`http://127.0.0.1:${portOf(emulator)}`, rules);
    await listen(endpoint);
  });
  afterEach(() => {
    endpoint.close();
    emulator.close();
  });

  const listen = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const portOf = (server: Server) => (server.address() as AddressInfo).port;
  const put = (path: string, more: Readonly<Record<string, string>> = {}) =>
    new Promise<{ status: number | undefined; etag: string | undefined; body: string }>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: portOf(endpoint), path, method: 'PUT', agent: false };
      const outgoing = request({ ...options, headers: { ...headers, ...more } }, (response) => {
        const { statusCode: status, headers: answered } = response;
        text(response).then((body) => resolve({ status, etag: answered.etag, body }), reject);
      });
      outgoing.on('error', reject).end('state');
    });

  it('sends a signed request to the emulator as it came', async () => {
    expect(await put('/pods/a%2Fb?partNumber=1', { expect: '100-continue' })).toEqual({
      status: 200,
      etag: '"1"',
      body: 'stored',
    });
    expect(seen).toMatchObject([
      { request: { method: 'PUT', url: '/pods/a%2Fb?partNumber=1', headers }, body: 'state' },
    ]);
  });

  it('answers a refused request as S3 does, without a request to the emulator', async () => {
    const answer = await put('/drey/a');

    expect(answer).toMatchObject({ status: 403, body: expect.stringContaining('<Code>AccessDenied</Code>') });
    expect(seen).toEqual([]);
  });

  it('answers with an error that clients retry while the emulator does not answer', async () => {
    emulator.closeAllConnections();
    await new Promise((done) => emulator.close(done));

    expect(await put('/pods/a')).toMatchObject({
      status: 503,
      body: expect.stringContaining('<Code>ServiceUnavailable</Code>'),
    });
  });
});
