import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import * as z from 'zod';

import { type BackgroundProcess, launchServer } from '#local/services/processes.ts';
import { account, eksCluster, region, type Settings } from '../settings.ts';
import { findSigner, parseEksToken, toPrincipal } from './eks-token.ts';

/**
 * The part of EKS that Drey uses, for an emulator whose EKS cannot name the API server of the local system: the address
 * of the cluster for the functions, and the review of tokens for the API server.
 */
export const eksEndpointName = 'eks-endpoint';

/** The groups of each role that has an access entry. */
const AccessEntries = z.record(z.string(), z.array(z.string()));
type AccessEntries = z.infer<typeof AccessEntries>;

const entriesFile = ({ state }: Pick<Settings, 'state'>) => join(state, 'access-entries.json');

export const writeAccessEntries = (settings: Settings, entries: AccessEntries): void =>
  writeFileSync(entriesFile(settings), JSON.stringify(entries));

const Config = z.object({
  port: z.number(),
  awsUrl: z.string(),
  endpoint: z.string(),
  authority: z.string(),
  entries: z.string(),
});

/** The address at which the process answers a TokenReview. */
export const getReviewUrl = ({ eksEndpointUrl }: Settings): string => `${eksEndpointUrl}/token-review`;

interface ApiServer {
  readonly endpoint: string;
  /** Certificate authority of the endpoint, as PEM. */
  readonly authority: string;
}

/** Starts the process, and waits until it listens. */
export const startEksEndpoint = async (settings: Settings, cluster: ApiServer): Promise<BackgroundProcess> => {
  mkdirSync(settings.state, { recursive: true });
  const { eksEndpointPort: port, awsUrl, eksEndpointUrl: address } = settings;
  return launchServer(
    {
      name: eksEndpointName,
      title: 'EKS endpoint',
      script: import.meta.filename,
      config: {
        path: join(settings.state, 'eks-endpoint.json'),
        value: { port, awsUrl, ...cluster, entries: entriesFile(settings) },
      },
      address,
    },
    settings,
  );
};

interface EksEndpoint {
  readonly cluster: ApiServer;
  /** The ARN of who signed a request for the cluster. Undefined when the signature is wrong. */
  readonly findSigner: (signed: URL) => Promise<string | undefined>;
  readonly readEntries: () => AccessEntries;
  readonly now: () => Date;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export const createEksEndpoint = (eks: EksEndpoint): Server =>
  createServer((request, response) => {
    const send = ({ status, body }: Answer): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    answer(request, eks).then(send, (error: unknown) => {
      console.error(new Date().toISOString(), request.method, request.url, error);
      send({ status: 502, body: { message: 'The emulator does not answer, or the request is malformed.' } });
    });
  });

const answer = async (request: IncomingMessage, eks: EksEndpoint): Promise<Answer> => {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1'); // The API server adds a timeout as query.
  if (request.method === 'POST' && pathname === '/token-review') return reviewToken(await json(request), eks);
  if (request.method === 'GET' && pathname === `/clusters/${eksCluster}`)
    return { status: 200, body: describeCluster(eks.cluster) };
  return { status: 404, body: { __type: 'ResourceNotFoundException', message: `No cluster found for ${pathname}` } };
};

/** @see `DescribeCluster` in the API reference of EKS */
const describeCluster = ({ endpoint, authority }: ApiServer) => ({
  cluster: {
    name: eksCluster,
    arn: `arn:aws:eks:${region}:${account}:cluster/${eksCluster}`,
    status: 'ACTIVE',
    endpoint,
    certificateAuthority: { data: Buffer.from(authority).toString('base64') },
    accessConfig: { authenticationMode: 'API' },
  },
});

const TokenReview = z.object({ spec: z.object({ token: z.string() }) });

const reviewToken = async (body: unknown, eks: EksEndpoint): Promise<Answer> => {
  const signed = parseEksToken(TokenReview.parse(body).spec.token, { region, now: eks.now() });
  const username = signed === undefined ? undefined : await eks.findSigner(signed);
  const groups = username === undefined ? undefined : eks.readEntries()[toPrincipal(username)];
  const status =
    groups === undefined
      ? { authenticated: false }
      : { authenticated: true, user: { username, groups: ['system:authenticated', ...groups] } };
  return { status: 200, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', status } };
};

const readEntries = (path: string): AccessEntries =>
  existsSync(path) ? AccessEntries.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};

const main = (path: string): void => {
  const { port, awsUrl, entries, ...cluster } = Config.parse(JSON.parse(readFileSync(path, 'utf8')));
  const server = createEksEndpoint({
    cluster,
    findSigner: (signed) => findSigner(signed, { awsUrl, cluster: eksCluster }),
    readEntries: () => readEntries(entries),
    now: () => new Date(),
  });
  server.listen(port, '127.0.0.1', () => console.log(`listening on ${port}`));
};

if (import.meta.main) main(process.argv[2] ?? '');
