import { once } from 'node:events';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';

import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { openDownloads } from '#shared/downloads.ts';
import { openResolver } from '#shared/resolver.ts';
import { downloadsContract } from '#test/contracts/downloads.ts';
import { FakeDownloads } from '#test/fakes/downloads.ts';
import { FakeResolver } from '#test/fakes/resolver.ts';

const host = 'files.test';
const path = '/jobs/clicks%201.jar?X-Amz-Signature=abc';
const trusted = getCACertificates('default');
let pems: { readonly private: string; readonly cert: string };
const closers: (() => void)[] = [];

beforeAll(async () => {
  const altNames = [
    { type: 2 as const, value: host },
    { type: 7 as const, ip: '127.0.0.1' },
  ];
  pems = await generate([], { keyType: 'ec', extensions: [{ name: 'subjectAltName' as const, altNames }] });
  setDefaultCACertificates([...trusted, pems.cert]);
});
afterAll(() => setDefaultCACertificates(trusted));
afterEach(() => closers.splice(0).forEach((close) => close()));

const listen = async (server: Server, ip: string): Promise<number> => {
  server.listen(0, ip);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port; // It listens on TCP.
};

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly servername: string | false | null | undefined;
}

/** A web server on this machine. */
const serve = async (answer: RequestListener, ip = '127.0.0.1') => {
  const seen: Seen[] = [];
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const { method, url, headers, socket } = request;
    seen.push({ method, url, headers, servername: socket instanceof TLSSocket ? socket.servername : undefined });
    answer(request, response);
  });
  closers.push(() => (server.close(), server.closeAllConnections()));
  const port = await listen(server, ip);
  return { port, seen, address: `https://${host}:${port}${path}` };
};

const resolveTo = (...ips: string[]) => {
  const resolver = new FakeResolver();
  resolver.hosts.set(host, ips);
  return resolver;
};
/** Look-ups that may connect to this machine. */
const openLoopback = (resolver = resolveTo('127.0.0.1')) => openDownloads({ resolver, mayConnect: () => true });

const answerWith =
  (status: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { location: 'https://127.0.0.1/' }).end('…');

downloadsContract('the fake', async (status) => {
  const downloads = new FakeDownloads();
  const address = `https://${host}/a.jar`;
  downloads.statuses.set(address, status);
  return { downloads, address, countRequests: () => downloads.asked.length };
});

downloadsContract('HTTPS', async (status) => {
  const { address, seen } = await serve(answerWith(status));
  return { downloads: openLoopback(), address, countRequests: () => seen.length };
});

describe('a look-up', () => {
  it('requests one byte from the host of the address, without credentials', async () => {
    const { address, port, seen } = await serve(answerWith(404));

    expect(await openLoopback().findMissingStatus(address)).toBe(404);

    expect(seen).toEqual([
      {
        method: 'GET',
        url: path,
        servername: host,
        headers: {
          host: `${host}:${port}`,
          accept: '*/*',
          range: 'bytes=0-0',
          'user-agent': 'drey',
          connection: 'close',
        },
      },
    ]);
  });

  it.each([
    ['the dot of the root', '127.0.0.1', `${host}.`, host],
    ['an address of IPv4', '127.0.0.1', '127.0.0.1', false],
  ])('asks a host with %s', async (_what, ip, name, servername) => {
    const { port, seen } = await serve(answerWith(410), ip);
    expect(await openLoopback().findMissingStatus(`https://${name}:${port}/a.jar`)).toBe(410);
    expect(seen).toMatchObject([{ servername, headers: { host: `${name}:${port}` } }]);
  });

  it('resolves a name once, and connects to the address that it has checked', async () => {
    const { address, seen } = await serve(answerWith(404));
    const lookups: string[] = [];
    const resolve = async (name: string) => (lookups.push(name) === 1 ? ['127.0.0.1'] : ['169.254.169.254']);

    expect(await openLoopback({ hosts: new Map(), resolve }).findMissingStatus(address)).toBe(404);

    expect(lookups).toEqual([host]);
    expect(seen).toHaveLength(1);
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    'localhost',
    'localhost.',
  ])('sends nothing to %s', async (name) => {
    const { port, seen } = await serve(answerWith(404));
    const downloads = openDownloads({ resolver: openResolver() });
    expect(await downloads.findMissingStatus(`https://${name}:${port}/a.jar`)).toBeUndefined();
    expect(seen).toEqual([]);
  });

  it.each([
    ['a private one', ['10.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['a public one and a private one', ['127.0.0.1', '10.0.0.1']],
    ['none', []],
    ['no IP address', ['localhost']],
  ])('sends nothing to a host whose addresses are %s', async (_what, ips) => {
    const { address, seen } = await serve(answerWith(404));
    const tried: string[] = [];
    const mayConnect = (ip: string) => (tried.push(ip), ip === '127.0.0.1');
    const downloads = openDownloads({ resolver: resolveTo(...ips), mayConnect });

    expect(await downloads.findMissingStatus(address)).toBeUndefined();
    expect(await openDownloads({ resolver: resolveTo(...ips) }).findMissingStatus(address)).toBeUndefined();

    expect(tried).toEqual(ips);
    expect(seen).toEqual([]);
  });

  it('does not follow a redirect to another address', async () => {
    const internal = await serve(answerWith(404));
    const { address, seen } = await serve((_request, response) => {
      response.writeHead(302, { location: `https://127.0.0.1:${internal.port}/` }).end();
    });

    expect(await openLoopback().findMissingStatus(address)).toBeUndefined();

    expect([seen.length, internal.seen.length]).toEqual([1, 0]);
  });

  it('trusts no certificate of another host, and none that nobody has signed', async () => {
    const { port, seen } = await serve(answerWith(404));
    const resolver = resolveTo('127.0.0.1');
    resolver.hosts.set('other.test', ['127.0.0.1']);
    expect(await openLoopback(resolver).findMissingStatus(`https://other.test:${port}/a.jar`)).toBeUndefined();

    setDefaultCACertificates(trusted);
    expect(await openLoopback().findMissingStatus(`https://${host}:${port}/a.jar`)).toBeUndefined();
    setDefaultCACertificates([...trusted, pems.cert]);

    expect(seen).toEqual([]);
  });
});

describe('a server that', () => {
  it('sends a body without an end is left after its headers', async () => {
    let written = 0;
    const closed = Promise.withResolvers<void>();
    const { address } = await serve((request, response) => {
      response.writeHead(404);
      const chunk = Buffer.alloc(65_536);
      const timer = setInterval(() => response.write(chunk) && (written += chunk.length), 1);
      request.socket.once('close', () => (clearInterval(timer), closed.resolve()));
    });

    const began = performance.now();

    expect(await openLoopback().findMissingStatus(address)).toBe(404);
    await closed.promise;

    expect(performance.now() - began).toBeLessThan(2_000);
    expect(written).toBeLessThan(10_000_000);
  });

  it('sends headers of any size is left after 16 KB', async () => {
    const { address } = await serve(({ socket }) => {
      socket.write(`HTTP/1.1 404 Not Found\r\nx-large: ${'x'.repeat(1_000_000)}\r\n\r\n`);
    });
    expect(await openLoopback().findMissingStatus(address)).toBeUndefined();
  });

  it.each([
    ['ends the connection', ''],
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
    ['speaks another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ])('%s has no answer', async (_what, text) => {
    const { address } = await serve(({ socket }) => void socket.end(text));
    expect(await openLoopback().findMissingStatus(address)).toBeUndefined();
  });

  it('does not listen has no answer', async () => {
    const server = createTcpServer();
    const port = await listen(server, '127.0.0.1');
    server.close();
    await once(server, 'close');
    expect(await openLoopback().findMissingStatus(`https://${host}:${port}/a.jar`)).toBeUndefined();
  });

  it('is silent, or sends a byte at a time, is left after some seconds', async () => {
    const silent = createTcpServer((socket) => void closers.push(() => socket.destroy()));
    closers.push(() => silent.close());
    const port = await listen(silent, '127.0.0.1');
    const slow = await serve(({ socket }) => {
      socket.write('HTTP/1.1 404 Not Found\r\nx-slow: ');
      const timer = setInterval(() => socket.write('x'), 50);
      socket.once('close', () => clearInterval(timer));
    });
    const began = performance.now();

    const downloads = openLoopback();
    const found = [`https://${host}:${port}/a.jar`, slow.address].map((address) =>
      downloads.findMissingStatus(address),
    );

    expect(await Promise.all(found)).toEqual([undefined, undefined]);
    expect(performance.now() - began).toBeLessThan(4_500);
  });
});
