/** The API of a stage with the setting `jwt`: copies of deployed functions with grants, behind a JWT authorizer of API Gateway. */
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll } from 'vitest';

import { calls, type ApiFunction } from '#events/http/api.ts';
import type { Grants } from '#events/http/grants.ts';

import { aws, freshId, system } from './system.ts';
import { openTestIssuer, type TestIssuer } from './test-issuer.ts';

export type { TokenOptions } from './test-issuer.ts';

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

/** An issuer of OpenID Connect with one key. It ends after the tests of the file. */
export const startIssuer = async (): Promise<TestIssuer> => {
  const issuer = await openTestIssuer(audience);
  removals.push(issuer.close);
  return issuer;
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
