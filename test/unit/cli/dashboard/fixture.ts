import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { openForward } from '#cli/api/forward.ts';
import { startDashboard } from '#cli/dashboard/dashboard-listener.ts';
import { startFlinkListener } from '#cli/dashboard/flink-listener.ts';
import type { Listener } from '#cli/dashboard/listener.ts';
import { openPageFiles } from '#cli/dashboard/page-files.ts';
import { startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

export const session = {
  version: '0.1.0',
  api: { url: 'https://api.example.com/', from: '--api' },
  target: 'local',
  authentication: 'iam',
  identity: 'profile ops',
} as const;

const files = {
  'index.html': '<!doctype html><title>Drey</title>',
  'favicon.svg': '<svg/>',
  'assets/index-AbCd1234.js': 'void 0',
};

const writePage = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drey-page-'));
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'not of the page');
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, 'dist', name), content);
  return folder;
};

/** An API, the built page, and the servers of the dashboard and of two clusters. */
export const startServers = async () => {
  const api = await startLoopbackApi();
  const folder = await writePage();
  const forward = openForward({
    apiUrl: new URL(api.url),
    apiFrom: 'a test',
    region: 'eu-central-1',
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
  });
  const aborter = new AbortController();
  const { signal } = aborter;
  const pageFiles = await openPageFiles(join(folder, 'dist'));
  const dashboard = await startDashboard({ forward, pageFiles, session, port: 0, signal });
  const startFlink = (clusterId: string) =>
    startFlinkListener({ cluster: { target: 'local', clusterId }, forward, port: 0, signal });
  const [flink, other] = [await startFlink('etl'), await startFlink('other')];
  return {
    api,
    dashboard,
    flink,
    other,
    stop: async () => {
      aborter.abort();
      await Promise.all([dashboard, flink, other].map((listener) => listener.close()));
      await api[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
};

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request whose path no client has normalized. */
export const send = async (
  { origin }: Pick<Listener, 'origin'>,
  path: string,
  { method = 'GET', headers = {}, body }: Sent = {},
) => {
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
  const { host: authority, port } = new URL(origin);
  const host = { host: authority, ...headers };
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const outgoing = httpRequest({
    port,
    host: '127.0.0.1',
    path,
    method,
    headers: { ...host, ...length },
    agent: false,
  });
  outgoing.once('response', resolve).once('error', reject).end(body);
  const incoming = await promise;
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: await text(incoming) };
};

/** Sends the lines of a request over a socket. Returns the status, or 0 when the server closes the connection. */
export const sendRaw = async ({ port }: Pick<Listener, 'port'>, lines: readonly string[]): Promise<number> => {
  const socket = connect(port, '127.0.0.1');
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
  const answer = await text(socket).catch(() => '');
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
};

/** Opens the address of a listener as a browser does. Returns the cookie. */
export const enter = async (listener: Listener): Promise<string> => {
  const { headers } = await send(listener, listener.newAddress().slice(listener.origin.length));
  return headers['set-cookie']?.[0]?.split(';')[0] ?? '';
};

/** The headers of a request of the listener's own page. */
export const own = ({ origin }: Pick<Listener, 'origin'>, cookie: string) => ({
  cookie,
  origin,
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'cors',
});
