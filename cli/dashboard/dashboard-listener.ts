import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

import type { ApiRequest } from '#cli/api/attempt-failure.ts';
import type { Forward } from '#cli/api/forward.ts';
import type { ClusterRef } from '#events/names.ts';
import type { LocalSession } from '#events/page-session.ts';

import { startFlinkListener } from './flink-listener.ts';
import { toContentType } from './headers.ts';
import { type Admitted, type Listener, newProblem, type Reply, startListener } from './listener.ts';
import type { PageFiles } from './page-files.ts';
import { upload } from './upload.ts';

interface DashboardOptions {
  readonly forward: Forward;
  readonly pageFiles: PageFiles;
  readonly session: LocalSession;
  /** 0 for any free one. */
  readonly port: number;
  readonly signal: AbortSignal;
  /** Called after a browser has opened an address, which is no longer valid then. */
  readonly onEntered?: () => void;
}

/** Serves the page of the dashboard, and forwards its requests to the API in the name of the caller. */
export const startDashboard = async ({
  forward,
  pageFiles,
  session,
  port,
  signal,
  onEntered,
}: DashboardOptions): Promise<Listener> => {
  const openFlink = createFlinkOpener({ forward, signal });
  const routes: readonly Route[] = [
    { methods: ['GET'], pattern: /^\/session\.json$/, handle: async () => replyJson(session) },
    { methods: ['POST'], pattern: /^\/upload$/, handle: (admitted) => upload(admitted, forward) },
    { methods: ['GET'], pattern: /^\/flink-ui\/(?<target>[^/]+)\/(?<clusterId>[^/]+)$/, handle: openFlink },
    {
      methods: apiMethods,
      pattern: /^\/(?:v1\/.+|openapi\.json|health)$/,
      handle: (admitted) => pass(admitted, forward),
    },
    { methods: ['GET'], pattern: /^\//, handle: ({ path }) => pageFiles(path) },
  ];
  return startListener({
    host: '127.0.0.1',
    port,
    clearsStorage: port === 0,
    onEntered,
    signal,
    handle: (admitted) => route(admitted, routes),
  });
};

const apiMethods = ['GET', 'POST', 'PUT', 'DELETE'] as const satisfies readonly ApiRequest['method'][];

interface Route {
  readonly methods: readonly string[];
  readonly pattern: RegExp;
  readonly handle: (admitted: Admitted, names: Readonly<Record<string, string>>) => Promise<Reply>;
}

const route = async (admitted: Admitted, routes: readonly Route[]): Promise<Reply> => {
  for (const { methods, pattern, handle } of routes) {
    const match = pattern.exec(admitted.path);
    if (match === null) continue;
    return methods.includes(admitted.request.method ?? '')
      ? handle(admitted, match.groups ?? {})
      : newProblem(405, 'Method not allowed', `${admitted.path} takes ${methods.join(', ')}.`);
  }
  return newProblem(404, 'Not found', `There is no ${admitted.path}.`);
};

const replyJson = (value: unknown): Reply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** The headers of the page that the API needs. The cookie and everything else stays here. */
const passedHeaders = ['accept', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'prefer'] as const;
const returnedHeaders = ['etag', 'location', 'retry-after'] as const;

const pick = (headers: IncomingMessage['headers'], names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );

/** Lambda takes no larger request. */
const maxBodyBytes = 6_000_000;

const pass = async ({ request, path, query, signal }: Admitted, forward: Forward): Promise<Reply> => {
  const method = apiMethods.find((one) => one === request.method) ?? 'GET';
  const sentBytes = Number(request.headers['content-length'] ?? 0);
  const isSized = request.headers['transfer-encoding'] === undefined;
  if (!isSized || sentBytes > maxBodyBytes)
    return newProblem(413, 'Request too large', `A request has a Content-Length of at most ${maxBodyBytes} bytes.`);
  const text = sentBytes === 0 ? undefined : (await buffer(request)).toString();
  if (text !== undefined && !/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    return newProblem(415, 'Unsupported media type', 'The API takes JSON.');
  const { status, headers, body } = await forward(
    {
      method,
      path,
      query,
      headers: pick(request.headers, passedHeaders),
      ...(text === undefined ? {} : { body: text }),
    },
    signal,
  );
  const contentType = toContentType(headers['content-type']);
  return { status, headers: { ...pick(headers, returnedHeaders), 'content-type': contentType }, body };
};

/** The token of an opened UI is in the address for a moment only. */
const tokenTtlMs = 60_000;

/** Links of a page can name any cluster. */
const maxFlinkListeners = 20;

/** Opens Flink's web UI of a cluster at a listener of its own, which stays for the next time. Of too many, the oldest ends. */
const createFlinkOpener = ({ forward, signal }: Pick<DashboardOptions, 'forward' | 'signal'>) => {
  const listeners = new Map<string, Promise<Listener>>();
  const start = (cluster: ClusterRef): Promise<Listener> => startFlinkListener({ cluster, forward, port: 0, signal });
  const closeOldest = async (): Promise<void> => {
    const [oldest] = listeners;
    if (oldest === undefined || listeners.size <= maxFlinkListeners) return;
    listeners.delete(oldest[0]);
    await (await oldest[1]).close();
  };
  return async (
    _admitted: Admitted,
    { target = '', clusterId = '' }: Readonly<Record<string, string>>,
  ): Promise<Reply> => {
    const key = `${target}/${clusterId}`;
    const listener = listeners.get(key) ?? start({ target, clusterId });
    listeners.delete(key);
    listeners.set(key, listener); // As the newest.
    listener.catch(() => listeners.delete(key));
    await closeOldest();
    return { status: 303, headers: { location: (await listener).newAddress(tokenTtlMs) } };
  };
};
