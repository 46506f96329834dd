import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';

import { s3PageStore } from '../../../../infra/dashboard/s3-page-store.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let server: Server;
afterEach(() => server.close());

/** A bucket whose S3 gives these answers by the query, and the requests that it got. */
const openStore = async (answer: (url: URL) => string) => {
  const seen: Seen[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://s3');
    seen.push({ method: request.method, url, headers: request.headers, body: await text(request) });
    response.end(answer(url));
  };
  server = createServer((request, response) => void serve(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'one', secretAccessKey: 'two' },
  });
  return { store: s3PageStore(client, 'pages'), seen };
};

const listed = (key: string, next?: string) =>
  `<ListBucketResult><Contents><Key>${key}</Key><LastModified>2026-11-30T12:00:00.000Z</LastModified></Contents>${
    next === undefined ? '' : `<IsTruncated>true</IsTruncated><NextContinuationToken>${next}</NextContinuationToken>`
  }</ListBucketResult>`;

describe('the bucket of the page', () => {
  it('lists all pages of its keys', async () => {
    const { store } = await openStore(({ searchParams }) =>
      searchParams.get('continuation-token') === 'two' ? listed('index.html') : listed('icon.svg', 'two'),
    );

    const writtenAt = Date.parse('2026-11-30T12:00:00.000Z');
    expect(await store.list()).toEqual([
      { key: 'icon.svg', writtenAt },
      { key: 'index.html', writtenAt },
    ]);
  });

  it('stores a file with its type and how long it is kept', async () => {
    const { store, seen } = await openStore(() => '');
    await store.put({ key: 'assets/a.js', body: 'one', contentType: 'text/javascript', cacheControl: 'no-cache' });

    expect(seen).toMatchObject([
      {
        method: 'PUT',
        url: { pathname: '/pages/assets/a.js' },
        headers: { 'content-type': 'text/javascript', 'cache-control': 'no-cache' },
      },
    ]);
  });

  it('deletes as many objects with a request as S3 takes', async () => {
    const { store, seen } = await openStore(() => '<DeleteResult/>');
    await store.remove(Array.from({ length: 1_001 }, (_, index) => `assets/${index}.js`));

    expect(seen.map(({ body }) => body.match(/<Key>/g)?.length)).toEqual([1_000, 1]);
  });

  it('fails with the object that S3 did not delete', async () => {
    const { store } = await openStore(
      () => '<DeleteResult><Error><Key>old.txt</Key><Code>AccessDenied</Code></Error></DeleteResult>',
    );

    await expect(store.remove(['old.txt'])).rejects.toThrow('S3 did not delete old.txt (AccessDenied).');
  });
});
