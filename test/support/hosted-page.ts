/** Serves the built page and forwards its calls, as the distribution of a stage with the setting `dashboard` does. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { runInNewContext } from 'node:vm';

import { sharedHeaders, toPagePolicy } from '#cli/dashboard/headers.ts';
import { contentTypeOf, listPageFiles } from '#cli/dashboard/page-files.ts';
import { root } from '#local/settings.ts';

import { pageRoutes } from '../../infra/dashboard/page-routes.ts';
import type { HostedFacts } from '../../infra/dashboard/publish.ts';

interface HostedPageOptions {
  /** The address of the API. */
  readonly api: string;
  readonly issuer: string;
  readonly clientId: string;
}

export interface HostedPage {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** Needs the built page. */
export const startHostedPage = async ({ api, issuer, clientId }: HostedPageOptions): Promise<HostedPage> => {
  const files = await listPageFiles(join(root, 'dashboard', 'dist'));
  const session: HostedFacts = {
    version: '0.1.0',
    api: { url: api },
    target: null,
    authentication: 'oidc',
    issuer,
    clientId,
    scope: 'openid',
  };
  const policy = toPagePolicy([new URL(issuer).origin]);
  const server = createServer((request, response) => {
    response.setHeaders(new Map(Object.entries({ ...sharedHeaders, 'content-security-policy': policy })));
    void serve(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
  }).listen(0, '127.0.0.1');
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = '/'] = (request.url ?? '/').split('?');
    if (/^\/(?:v1\/.*|openapi\.json|health)$/.test(path)) return forward(api, request, response);
    const uri: string = runInNewContext(`${pageRoutes} handler(event).uri`, { event: { request: { uri: path } } });
    const file = files.get(uri);
    if (uri !== '/session.json' && file === undefined) response.writeHead(403).end();
    else
      response
        .writeHead(200, { 'content-type': contentTypeOf(uri) })
        .end(file === undefined ? JSON.stringify(session) : await readFile(file));
  };
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const passed = ['authorization', 'content-type', 'if-none-match', 'idempotency-key'] as const;

const forward = async (api: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await buffer(request);
  const answer = await fetch(`${api}${request.url}`, {
    method: request.method ?? 'GET',
    headers: passed.flatMap((name): [string, string][] => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
    ...(body.length > 0 ? { body } : {}),
  });
  const returned = ['content-type', 'etag', 'location'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  response.writeHead(answer.status, Object.fromEntries(returned)).end(Buffer.from(await answer.arrayBuffer()));
};
