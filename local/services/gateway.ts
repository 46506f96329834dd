import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { createServer, request as httpsRequest, type RequestOptions, type Server } from 'node:https';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { KubeConfig } from '@kubernetes/client-node';
import { generate } from 'selfsigned';
import * as z from 'zod';

import { getTokenReviewUrl } from './token-review.ts';
import { type BackgroundProcess, launchServer } from './processes.ts';
import type { Settings } from '#local/settings.ts';

/**
 * The gateway stands for the endpoint of EKS in front of a given cluster. It accepts the tokens that EKS accepts, and forwards
 * each request as the user of its token by impersonation, so that the RBAC of the cluster decides.
 */
export const gatewayName = 'gateway';

const GatewayConfig = z.object({
  port: z.number(),
  kubeconfig: z.string(),
  webhook: z.string(),
  certificate: z.string(),
  key: z.string(),
});
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** The user of a token. */
export interface Identity {
  readonly username: string;
  readonly groups: readonly string[];
}

export type Review = (token: string) => Promise<Identity | undefined>;

/** Starts the gateway as a background process, and waits until it listens. */
export const startGateway = async (settings: Settings): Promise<BackgroundProcess> => {
  const folder = join(settings.state, 'gateway');
  const { certificate, key } = await getGatewayCertificate(settings);
  const config: GatewayConfig = {
    port: settings.kubernetesPort,
    kubeconfig: settings.givenKubeconfig ?? '',
    webhook: getTokenReviewUrl(settings),
    certificate,
    key,
  };
  return launchServer(
    {
      name: gatewayName,
      title: 'Kubernetes gateway',
      script: import.meta.filename,
      config: { path: join(folder, 'config.json'), value: config },
      address: settings.kubernetesUrl,
    },
    settings,
  );
};

/** Returns the gateway's self-signed certificate and its key as PEM. The first call creates them. */
export const getGatewayCertificate = async ({ state }: Settings): Promise<{ certificate: string; key: string }> => {
  const folder = join(state, 'gateway');
  const [certificatePath, keyPath] = [join(folder, 'tls.crt'), join(folder, 'tls.key')];
  if (!existsSync(certificatePath)) {
    mkdirSync(folder, { recursive: true });
    const pair = await createCertificate();
    writeFileSync(keyPath, pair.key, { mode: 0o600 });
    writeFileSync(certificatePath, pair.certificate);
  }
  return { certificate: readFileSync(certificatePath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
};

export const createCertificate = async (): Promise<{ certificate: string; key: string }> => {
  const notAfterDate = new Date();
  notAfterDate.setFullYear(notAfterDate.getFullYear() + 5);
  const pair = await generate([{ name: 'commonName', value: 'drey-local' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { certificate: pair.cert, key: pair.private };
};

const TokenReview = z.object({
  status: z.object({
    authenticated: z.boolean().optional(),
    user: z.object({ username: z.string(), groups: z.array(z.string()).default([]) }).optional(),
  }),
});

/** Reviews tokens through the webhook, and caches each answer. A webhook that does not answer in time fails the review. */
export const createReview = (webhook: string, { ttlMs = 5_000, timeoutMs = 5_000 } = {}): Review => {
  const answers = new Map<string, { until: number; identity: Promise<Identity | undefined> }>();
  return (token) => {
    const now = Date.now();
    for (const [key, { until }] of answers) if (until < now) answers.delete(key);
    const known = answers.get(token) ?? { until: now + ttlMs, identity: reviewToken(token, { webhook, timeoutMs }) };
    answers.set(token, known);
    known.identity.catch(() => answers.delete(token)); // a failed request is not an answer
    return known.identity;
  };
};

const reviewToken = async (
  token: string,
  { webhook, timeoutMs }: { readonly webhook: string; readonly timeoutMs: number },
): Promise<Identity | undefined> => {
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(webhook, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) });
  const { status } = TokenReview.parse(await response.json());
  return status.authenticated === true ? status.user : undefined;
};

interface Upstream {
  readonly url: URL;
  /** Request options with the credentials of the kubeconfig. Called for each request, because credentials may expire. */
  readonly options: () => Promise<RequestOptions>;
}

/** Reads the API server of the current context of a kubeconfig. */
const loadUpstream = (kubeconfig: string): Upstream => {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${kubeconfig}: the current context names no cluster`);
  return {
    url: new URL(cluster.server),
    options: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return options;
    },
  };
};

interface GatewayOptions {
  readonly certificate: string;
  readonly key: string;
  readonly review: Review;
  readonly upstream: Upstream;
}

export const createGateway = ({ certificate, key, review, upstream }: GatewayOptions): Server =>
  createServer({ cert: certificate, key, requestTimeout: 0 }, (request, response) => {
    serve(request, response, { review, upstream }).catch((error: unknown) => {
      console.error(new Date().toISOString(), request.method, request.url, error);
      if (response.headersSent) response.destroy();
      else refuse(response, 502, 'BadGateway', 'the API server or the token webhook does not answer');
    });
  });

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  { review, upstream }: Pick<GatewayOptions, 'review' | 'upstream'>,
): Promise<void> => {
  const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const identity = token === undefined ? undefined : await review(token);
  if (identity === undefined) {
    refuse(response, 401, 'Unauthorized', 'Unauthorized');
    return;
  }
  const options = await upstream.options();
  const credentials = Object.entries(options.headers ?? {});
  const answer = await forward(request, upstream.url, {
    ...options,
    headers: { ...impersonate(request.headers, identity), ...Object.fromEntries(credentials) },
  });
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  response.flushHeaders(); // the first event of a watch may come much later
  await pipeline(answer, response);
};

/** The caller's headers with the identity of the token. Headers in which the caller names an identity are dropped. */
export const impersonate = (headers: IncomingHttpHeaders, identity: Identity): Record<string, string | string[]> => {
  const kept = Object.entries(headers).filter(
    ([name, value]) =>
      value !== undefined && !/^(authorization|host|connection|impersonate-.*|x-remote-.*)$/.test(name),
  );
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])),
    'impersonate-user': identity.username,
    'impersonate-group': [...identity.groups],
  };
};

/** Streams the request to the API server, and returns the response after its headers arrived. */
const forward = (request: IncomingMessage, url: URL, options: RequestOptions): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
    const outgoing = send(
      {
        ...options,
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || undefined,
        path: url.pathname.replace(/\/$/, '') + (request.url ?? '/'),
        method: request.method,
      },
      resolve,
    );
    outgoing.once('error', reject);
    pipeline(request, outgoing).catch(reject);
  });

/** Answers with a failure as a Kubernetes Status object. */
const refuse = (response: ServerResponse, code: number, reason: string, message: string): void => {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(status));
};

const main = (path: string): void => {
  const config = GatewayConfig.parse(JSON.parse(readFileSync(path, 'utf8')));
  const server = createGateway({
    ...config,
    review: createReview(config.webhook),
    upstream: loadUpstream(config.kubeconfig),
  });
  server.listen(config.port, '127.0.0.1', () => console.log(`listening on ${config.port}`));
};

if (import.meta.main) main(process.argv[2] ?? '');
