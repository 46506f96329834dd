/** A child process: the API server of a target with many clusters, and the pages of its table, on loopback. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

import { generate } from 'selfsigned';

import { makePages } from './objects.ts';

const [, , clusters = '0', owner = ''] = process.argv;
const pages = makePages(Number(clusters), owner);
const counts = { kubernetes: 0, kubernetesMegabytes: 0, table: 0 };

const answerTable = (query: URLSearchParams): string => {
  counts.table += 1;
  return pages.table[Number(query.get('page') ?? 0)] ?? JSON.stringify({ Items: [] });
};

const formatOf = (accept = '') =>
  accept.includes('as=Table') ? 'rows' : accept.includes('as=PartialObject') ? 'metadata' : 'objects';

const answerList = (url: URL, accept: string | undefined): string => {
  const name = /^metadata\.name=(.*)$/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
  const list = pages.lists[`${url.pathname.split('/').at(-1) ?? ''} ${formatOf(accept)}`] ?? [];
  const body =
    name === undefined
      ? (list[Number(url.searchParams.get('continue') ?? 0)] ?? JSON.stringify({ items: [], metadata: {} }))
      : JSON.stringify({ items: [pages.pods.get(name)], metadata: {} });
  counts.kubernetes += 1;
  counts.kubernetesMegabytes += body.length / 1e6;
  return body;
};

const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] }];
const pems = await generate([], { keyType: 'ec', extensions });
const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
  const url = new URL(request.url ?? '', 'https://loopback');
  const isTable = url.pathname === '/table';
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(isTable ? answerTable(url.searchParams) : answerList(url, request.headers.accept));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // It listens on TCP.
  process.send?.({ url: `https://127.0.0.1:${port}`, ca: pems.cert });
});
process.on('message', () => {
  process.send?.(counts);
  Object.assign(counts, { kubernetes: 0, kubernetesMegabytes: 0, table: 0 });
});
process.on('disconnect', () => process.exit());
