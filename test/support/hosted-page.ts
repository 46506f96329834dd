/** Serves the built page and forwards its calls, as the distribution of a stage with the setting `dashboard` does. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { runInNewContext } from 'node:vm';

import { sharedHeaders } from '#cli/dashboard/headers.ts';
import { contentTypeOf, listPageFiles } from '#cli/dashboard/page-files.ts';
import type { HostedSession } from '#events/page-session.ts';
import { root } from '#local/settings.ts';

import { pageRoutes } from '../../infra/dashboard/page-routes.ts';
import { dashboardOf } from '../../infra/dashboard/resources.ts';

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

type Resources = Required<ReturnType<typeof dashboardOf>>;

/** The content security policy of a resource. A name of CloudFormation has its last word in place of its value. */
const readPolicy = ({ Properties }: Resources['HostedDashboardHeaders' | 'HostedDashboardApiHeaders']): string => {
  const { ContentSecurityPolicy: policy } =
    Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy;
  return typeof policy === 'string' ? policy : policy['Fn::Sub'].replaceAll(/\$\{(?:AWS::)?(\w+)\}/g, '$1');
};

/** Whether a path is one of the API, and the content security policies, by the resources of a stage. */
const readDistribution = (issuer: string, clientId: string) => {
  const jwt = { issuer, audience: [clientId], claim: 'groups', rights: {} };
  const resources = dashboardOf({ jwt, dashboard: { clientId, scope: 'openid' } }) as Resources; // It has the setting.
  const { CacheBehaviors } = resources.HostedDashboardDistribution.Properties.DistributionConfig;
  return {
    isApi: (path: string) => CacheBehaviors.some(({ PathPattern }) => matchesGlob(path, PathPattern)),
    pagePolicy: readPolicy(resources.HostedDashboardHeaders),
    apiPolicy: readPolicy(resources.HostedDashboardApiHeaders),
  };
};

/** A `*` of CloudFront is any characters, with slashes. */
const matchesGlob = (path: string, pattern: string): boolean =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(path);

/** Needs the built page. */
export const startHostedPage = async ({ api, issuer, clientId }: HostedPageOptions): Promise<HostedPage> => {
  const files = await listPageFiles(join(root, 'dashboard', 'dist'));
  const session: HostedSession = {
    version: '0.1.0',
    api: { url: api },
    target: null,
    authentication: 'oidc',
    issuer,
    clientId,
    scope: 'openid',
  };
  const { isApi, pagePolicy, apiPolicy } = readDistribution(issuer, clientId);
  const server = createServer((request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const policy = isApi(path) ? apiPolicy : pagePolicy;
    response.setHeaders(new Map(Object.entries({ ...sharedHeaders, 'content-security-policy': policy })));
    void serve(path, request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
  }).listen(0, '127.0.0.1');
  const serve = async (path: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isApi(path)) return forward(api, request, response);
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
