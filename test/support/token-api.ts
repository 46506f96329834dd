/** The API of a stage with the setting `jwt`: copies of deployed functions with grants, behind a JWT authorizer of API Gateway. */
import { generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll } from 'vitest';

import { calls, type ApiFunction } from '#events/http/api.ts';
import type { Grants } from '#events/http/grants.ts';

import { aws, freshId, system } from './system.ts';

export const audience = 'drey';

/** Sends a request to a service of the emulator. */
const callService = async (service: string, [method, path]: readonly [string, string], body?: object) => {
  const url = new URL(path, system.awsUrl);
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const signer = new SignatureV4({ service, region: aws.region, credentials: aws.credentials, sha256: Sha256 });
  const headers = { host: url.host, 'content-type': 'application/json' };
  const request = new HttpRequest({ method, hostname: url.hostname, path: url.pathname, headers, ...text });
  const { host: _host, ...signed } = (await signer.sign(request)).headers;
  const response = await fetch(url, { method, headers: signed, ...text });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return (answer === '' ? {} : JSON.parse(answer)) as Record<string, unknown>;
};

interface Deployed {
  readonly Configuration: Readonly<Record<'Runtime' | 'Role' | 'Handler' | 'Timeout' | 'MemorySize', unknown>> & {
    readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
  };
  readonly Code: { readonly Location: string };
}

const removals: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const remove of removals.splice(0).toReversed()) await remove();
});

/** A copy of a deployed function, with the environment that the setting `jwt` gives it. Returns its ARN. */
const copyFunction = async (name: ApiFunction, grants: Grants): Promise<string> => {
  const { Configuration, Code } = (await callService('lambda', [
    'GET',
    `/2015-03-31/functions/drey-local-${name}`,
  ])) as unknown as Deployed; // the answer of Lambda
  const { Runtime, Role, Handler, Timeout, MemorySize, Environment } = Configuration;
  const zip = Buffer.from(await (await fetch(Code.Location)).arrayBuffer()).toString('base64');
  const FunctionName = freshId(`tokens-${name}`);
  const Variables = { ...Environment.Variables, DREY_GRANTS: JSON.stringify(grants) };
  const created = await callService('lambda', ['POST', '/2015-03-31/functions'], {
    FunctionName,
    Runtime,
    Role,
    Handler,
    Timeout,
    MemorySize,
    Environment: { Variables },
    Code: { ZipFile: zip },
  });
  removals.push(() => callService('lambda', ['DELETE', `/2015-03-31/functions/${FunctionName}`]));
  return String(created['FunctionArn']);
};

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What a token says, apart from the valid claims, and how it is signed. */
export interface TokenOptions {
  readonly claims?: object;
  readonly header?: object;
  /** By default the key of the issuer. */
  readonly key?: KeyObject;
}

/** An issuer of OpenID Connect with one key. */
export const startIssuer = async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
  const server: Server = createServer((request, response) => {
    const isDiscovery = request.url === '/.well-known/openid-configuration';
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(isDiscovery ? { issuer, jwks_uri: `${issuer}/jwks` } : { keys: [jwk] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  removals.push(async () => server.close());
  const makeToken = ({ claims = {}, header = {}, key = privateKey }: TokenOptions = {}): string => {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: issuer, aud: audience, sub: 'ada', iat: now - 5, exp: now + 600, ...claims };
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'one', ...header })}.${encode(all)}`;
    return `${signed}.${signBytes('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
  };
  return { issuer, publicKey, makeToken };
};

/** Creates the API. Returns its address. It is removed after the tests of the file. */
export const createTokenApi = async (
  issuer: string,
  { grants, functions }: { readonly grants: Grants; readonly functions: readonly ApiFunction[] },
): Promise<string> => {
  const create = (path: string, body: object) => callService('apigateway', ['POST', `/v2/apis${path}`], body);
  const { apiId } = await create('', { name: freshId('tokens'), protocolType: 'HTTP' });
  removals.push(() => callService('apigateway', ['DELETE', `/v2/apis/${String(apiId)}`]));
  const { authorizerId } = await create(`/${String(apiId)}/authorizers`, {
    name: 'tokens',
    authorizerType: 'JWT',
    identitySource: ['$request.header.Authorization'],
    jwtConfiguration: { issuer, audience: [audience] },
  });
  for (const name of functions) {
    const { integrationId } = await create(`/${String(apiId)}/integrations`, {
      integrationType: 'AWS_PROXY',
      integrationUri: await copyFunction(name, grants),
      payloadFormatVersion: '2.0',
    });
    for (const [routeKey] of Object.entries(calls).filter(([, call]) => call.function === name))
      await create(`/${String(apiId)}/routes`, {
        routeKey,
        target: `integrations/${String(integrationId)}`,
        authorizationType: 'JWT',
        authorizerId,
      });
  }
  await create(`/${String(apiId)}/stages`, { stageName: '$default', autoDeploy: true });
  return `${system.awsUrl}/_aws/execute-api/${String(apiId)}/$default`;
};
