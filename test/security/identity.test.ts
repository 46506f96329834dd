import { createHmac, generateKeyPairSync } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import type { Grants } from '#events/http/grants.ts';
import type { Operation } from '#events/records/operation.ts';

import { allowRoutes, createCaller } from '../support/callers.ts';
import { message, send, spec, stopAfterAll } from '../support/queue-messages.ts';
import { call, clusterPath, deploy, freshId, signedBy, startCluster, system, until } from '../support/system.ts';
import { createTokenApi, startIssuer, type TokenOptions } from '../support/token-api.ts';

const started = stopAfterAll();
const { target } = system;
const other = freshId('team-b');

const grants: Grants = {
  claim: 'groups',
  rights: {
    readers: { [target]: 'read' },
    developers: { [target]: 'deploy' },
    neighbors: { [other]: 'admin', [`${target}-*`]: 'admin', [`${target.slice(0, -1)}-*`]: 'admin' },
  },
};
const clusters = `/v1/targets/${target}/clusters`;
const makeSpec = () => ({ ...spec, clusterId: freshId('id') });

/** Calls the API of a stage with tokens. */
const callWith = async (
  authorization: string | undefined,
  [method, path]: readonly [string, string] = ['GET', clusters],
  { body, headers = {} }: { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
) => {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

let api: string;
let issuer: Awaited<ReturnType<typeof startIssuer>>;
beforeAll(async () => {
  issuer = await startIssuer();
  const functions = ['clusters', 'cluster', 'deploy', 'stop', 'targets', 'queueView', 'deadLetters', 'specs'] as const;
  api = await createTokenApi(issuer.issuer, { grants, functions });
});

const tokenOf = (groups: unknown, claims: object = {}) => issuer.makeToken({ claims: { groups, ...claims } });
const now = () => Math.floor(Date.now() / 1000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens that no issuer gave for Drey', () => {
  it('a token with a right is admitted, so that the refusals below have another cause', async () => {
    expect((await callWith(`Bearer ${tokenOf(['readers'])}`)).status).toBe(200);
  });

  it.each<[string, () => TokenOptions]>([
    ['of another issuer', () => ({ claims: { iss: 'https://issuer.example' } })],
    ['whose issuer only begins like that of the stage', () => ({ claims: { iss: `${issuer.issuer}.example` } })],
    ['for another audience', () => ({ claims: { aud: 'another' } })],
    ['for no audience', () => ({ claims: { aud: undefined } })],
    ['for an audience that only contains that of the stage', () => ({ claims: { aud: 'drey-other' } })],
    ['that has expired', () => ({ claims: { exp: now() - 1 } })],
    ['that is not valid yet', () => ({ claims: { nbf: now() + 600 } })],
    ['of the algorithm none', () => ({ header: { alg: 'none' }, key: generateKey() })],
    ['with another key', () => ({ key: generateKey() })],
    ['with a key ID that the issuer does not have', () => ({ header: { kid: 'two' } })],
    ['with a key in its header', () => ({ header: { jwk: exportKey(), kid: 'two' }, key: generateKey() })],
    ['with the address of a key in its header', () => ({ header: { jku: 'http://127.0.0.1:9/jwks', kid: 'two' } })],
  ])('a token %s is refused', async (_what, options) => {
    const { claims, ...rest } = options();
    const token = issuer.makeToken({ ...rest, claims: { groups: ['developers'], ...claims } });

    expect((await callWith(`Bearer ${token}`)).status).toBe(401);
  });

  it.each<[string, () => string | undefined]>([
    ['no token', () => undefined],
    ['a token without its signature', () => `Bearer ${tokenOf(['developers']).replace(/[^.]*$/, '')}`],
    [
      'a token whose claims were changed',
      () => {
        const [header, , signature] = tokenOf(['readers']).split('.');
        const claims = { iss: issuer.issuer, aud: 'drey', sub: 'ada', exp: now() + 600, groups: ['developers'] };
        return `Bearer ${header}.${encode(claims)}.${signature}`;
      },
    ],
    [
      'a token with the public key as the secret of an HMAC',
      () => {
        const claims = { iss: issuer.issuer, aud: 'drey', sub: 'ada', exp: now() + 600, groups: ['developers'] };
        const signed = `${encode({ alg: 'HS256', kid: 'one' })}.${encode(claims)}`;
        const secret = issuer.publicKey.export({ format: 'pem', type: 'spki' });
        return `Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
      },
    ],
    ['two tokens', () => `Bearer ${tokenOf([])}, Bearer ${tokenOf(['developers'])}`],
    ['basic credentials', () => `Basic ${Buffer.from('ada:developers').toString('base64')}`],
  ])('%s is refused', async (_what, authorization) => {
    expect((await callWith(authorization())).status).toBe(401);
  });

  it('a token in the query instead of the header is refused', async () => {
    const path = `${clusters}?Authorization=${tokenOf(['developers'])}&access_token=${tokenOf(['developers'])}`;

    expect((await callWith(undefined, ['GET', path])).status).toBe(401);
  });
});

const generateKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const exportKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });

describe('tokens without the right', () => {
  it.each<[string, unknown]>([
    ['a group with another group in its name', ['my developers', 'x] [developers', 'developers readers']],
    ['a text that lists groups', 'developers readers'],
    ['an object', { developers: true, 0: 'developers' }],
    ['lists of lists', [['developers']]],
    ['a number', 0],
    ['names of members of objects', ['__proto__', 'constructor', 'toString']],
    ['a pattern', ['*', 'dev*', '.*']],
    ['other letters', ['Developers', 'developers ', 'ｄevelopers']],
    ['groups of a target whose name begins alike', ['neighbors']],
    ['no groups', undefined],
  ])('%s in the claim gives no right', async (_what, groups) => {
    expect(await callWith(`Bearer ${tokenOf(groups)}`)).toMatchObject({
      status: 403,
      body: { code: 'access-denied' },
    });
  });

  it.each<[string, string, object?]>([
    ['POST', clusters, makeSpec()],
    ['POST', `${clusters}/etl/stop`, {}],
    ['GET', `/v1/targets/${target}/specs/office`],
    ['PUT', `/v1/targets/${target}/queue`, { paused: true }],
    ['PUT', `/v1/targets/${target}`, {}],
    ['DELETE', `/v1/targets/${target}`],
    ['GET', `/v1/targets/${other}/clusters`],
    ['GET', '/v1/targets'],
    ['GET', '/v1/dead-letters'],
    ['POST', '/v1/dead-letters/redrive', {}],
  ])('a reader of one target may not call %s %s', async (method, path, body) => {
    const answer = await callWith(`Bearer ${tokenOf(['readers'])}`, [method, path], body === undefined ? {} : { body });

    expect(answer).toMatchObject({ status: 403, body: { code: 'access-denied' } });
  });

  it.each([
    ['PUT', `/v1/targets/${target}`],
    ['PUT', `/v1/targets/${target}/queue`],
    ['POST', '/v1/dead-letters/redrive'],
  ] as const)('a developer may not call %s %s', async (method, path) => {
    const answer = await callWith(`Bearer ${tokenOf(['developers'])}`, [method, path], { body: {} });

    expect(answer).toMatchObject({ status: 403, body: { code: 'access-denied' } });
  });

  it.each(['..', '%2e%2e', '%2F..', ';'])('a path with %s does not lead to another target', async (dots) => {
    const path = `/v1/targets/${target}/${dots}/${other}/clusters`;
    const answer = await callWith(`Bearer ${tokenOf(['readers'])}`, ['GET', path]);

    expect([400, 403, 404]).toContain(answer.status);
  });
});

describe('callers that mix identities', () => {
  it('a signature is no token', async () => {
    const { headers } = await signForTokens();

    expect((await callWith(headers['authorization'])).status).toBe(401);
  });

  it('a token is no signature', async () => {
    const response = await fetch(`${system.apiUrl}${clusters}`, {
      headers: { authorization: `Bearer ${tokenOf(['developers'])}` },
    });

    // API Gateway refuses it. The emulator lets it pass to the function, which knows no caller.
    expect([403, 500]).toContain(response.status);
  });

  it('a token beside a signature gives no more rights than the signature', async () => {
    const caller = await createCaller([allowRoutes(`GET/v1/targets/${target}/clusters`)]);
    const headers = { 'x-authorization': `Bearer ${tokenOf(['developers'])}`, 'x-amz-security-token': 'token' };

    expect((await signedBy(caller)('POST', clusters, makeSpec(), headers)).status).toBe(403);
  });

  it.each<[string, string, object?]>([
    ['POST', clusters, makeSpec()],
    ['POST', `${clusters}/etl/stop`, {}],
    ['PUT', `/v1/targets/${target}/queue`, { paused: true }],
    ['DELETE', `/v1/targets/${target}`],
    ['POST', '/v1/dead-letters/redrive', {}],
  ])('a caller who may only read may not call %s %s', async (method, path, body) => {
    const caller = await createCaller([allowRoutes(`GET/v1/targets/${target}/*`)]);

    expect((await signedBy(caller)(method, path, body)).status).toBe(403);
  });

  it.each([
    ['x-principal', 'arn:aws:iam::000000000000:user/admin'],
    ['principal', 'drey:reconcile'],
    ['x-amzn-request-context', JSON.stringify({ authorizer: { iam: { userArn: 'arn:aws:iam::1:user/admin' } } })],
    ['x-amz-user-arn', 'arn:aws:iam::000000000000:user/admin'],
    ['x-forwarded-user', 'admin'],
    ['x-apigateway-event', JSON.stringify({ requestContext: { authorizer: null } })],
  ])('the header %s does not change who the caller is', async (name, value) => {
    const clusterId = freshId('spoof');
    started.push(clusterId);
    const { body } = await deploy({ ...spec, clusterId }, { [name]: value });

    expect(body).toMatchObject({ operation: { principal: 'arn:aws:iam::000000000000:root' } });
  });

  it.each(['principal', 'requestContext', 'origin', 'redrivenBy', 'authorizer'])(
    'the member %s of a body is refused by its name',
    async (member) => {
      const body = { ...makeSpec(), [member]: { authorizer: { iam: { userArn: 'arn:aws:iam::1:user/admin' } } } };

      expect(await deploy(body)).toMatchObject({ status: 400, body: { code: 'malformed-request' } });
    },
  );

  it.each([
    ['control characters', 'ada\u001b]52;c;eA==\u0007'],
    ['a line break', 'ada\nprincipal=drey:reconcile'],
    ['bidirectional characters', 'ada\u202egro.elpmaxe'],
    ['no text', ''],
  ])('a subject with %s names no caller', async (_what, sub) => {
    const answer = await callWith(`Bearer ${tokenOf(['developers'], { sub })}`, ['POST', clusters], {
      body: makeSpec(),
    });

    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).not.toContain('u001b');
  });

  it('a subject that looks like another principal stays the subject of its issuer', async () => {
    const clusterId = freshId('subject');
    started.push(clusterId);
    const sub = 'arn:aws:iam::000000000000:root';
    const answer = await callWith(`Bearer ${tokenOf(['developers'], { sub })}`, ['POST', clusters], {
      body: { ...spec, clusterId },
    });

    expect(answer).toMatchObject({ status: 202, body: { operation: { principal: `jwt:${issuer.issuer}#${sub}` } } });
  });
});

/** The headers of a request to the API of IAM callers. */
const signForTokens = async () => {
  const { sign } = await import('#cli/api/sign.ts');
  const url = new URL(`${api}${clusters}`);
  const credentials = async () => system.credentials;
  return { headers: await sign({ method: 'GET', url, headers: {} }, { region: system.region, credentials }) };
};

describe('messages that claim another sender', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['principal', { principal: 'arn:aws:iam::000000000000:user/admin' }],
    ['the principal of Drey', { principal: 'drey:lifetime' }],
    ['who redrove it', { redrivenBy: 'arn:aws:iam::000000000000:user/admin' }],
    ['the sender of SQS', { SenderId: 'AROADREY:drey-local-batch', AWSTraceHeader: 'Root=1' }],
    ['an own attribute that is no JSON', { own: '{' }],
    ['an own attribute without a token', { own: JSON.stringify({ operationId: '0'.repeat(32) }) }],
  ])('the attribute for %s counts for nothing', async (_what, attributes) => {
    const clusterId = freshId('attribute');
    started.push(clusterId);
    const body = message('deploy', clusterId, spec);
    await send(body, body.subject, attributes);
    const { body: cluster } = await until(
      () => call<{ operationId?: string }>('GET', clusterPath(clusterId)),
      ({ status }) => status === 200,
    );
    const path = `/v1/targets/${target}/operations/${cluster.operationId}`;
    const operation = (await call<Operation>('GET', path)).body;

    expect(operation).toMatchObject({ origin: 'queue', principal: 'sqs:000000000000' });
    expect(operation).not.toHaveProperty('redrivenBy');
  });

  it('a message that names the operation of a cluster does not resume it', async () => {
    const clusterId = freshId('resume');
    started.push(clusterId);
    const { operationId } = await startCluster({ ...spec, clusterId });
    const own = JSON.stringify({ token: '', operationId });
    const stolen = freshId('stolen');
    started.push(stolen);
    const body = message('deploy', stolen, spec);
    await send(body, body.subject, { own });
    await until(
      () => call('GET', clusterPath(stolen)),
      ({ status }) => status === 200,
    );

    expect((await call<{ operationId: string }>('GET', clusterPath(stolen))).body.operationId).not.toBe(operationId);
  });
});
