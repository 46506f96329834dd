import { createHash, createHmac } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Api, connect } from '#cli/api/api.ts';
import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import { basePath, problem, type Received, startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

let server: Awaited<ReturnType<typeof startLoopbackApi>>;
let api: Api;
const traces: string[] = [];
const notices: string[] = [];
const connectTo = (url: string) =>
  connect({
    settings: {
      apiUrl: new URL(url),
      apiFrom: 'DREY_API',
      region: 'eu-central-1',
      credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' }),
    },
    signal: new AbortController().signal,
    isForPeople: false,
    notify: (line) => notices.push(line),
    trace: (line) => traces.push(line),
  });

beforeAll(async () => {
  server = await startLoopbackApi();
  api = connectTo(server.url);
});
afterAll(() => server[Symbol.asyncDispose]());

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** The signature as the AWS documentation says to compute it, of what came over the wire. */
const expectedSignature = ({ method, path, query, headers, body }: Received): string => {
  const [, day, region, signedHeaders] =
    /Credential=AKID\/(\d+)\/([^/]+)\/execute-api\/aws4_request, SignedHeaders=([^,]+)/.exec(
      headers.authorization ?? '',
    ) ?? [];
  const wirePath = `${basePath}${path}`.split('/').map(encode).join('/');
  const canonical = [
    method,
    wirePath,
    query.slice(1).split('&').sort().join('&'),
    ...signedHeaders!.split(';').map((name) => `${name}:${String(headers[name])}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/execute-api/aws4_request`;
  const key = [day!, region!, 'execute-api', 'aws4_request'].reduce<string | Buffer>(
    (last, part) => hmac(last, part),
    'AWS4secret',
  );
  return hmac(key, ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
};

describe('a request', () => {
  it('is signed for execute-api, with its path, query and body', async () => {
    server.answer({ 'GET /v1/targets/a%20b/clusters': { body: {} }, 'POST /v1/x': { body: {} } });

    await api.get(path`/v1/targets/${'a b'}/clusters`, {
      state: 'FAILED,STOPPED',
      cursor: 'a+b/c==',
      limit: undefined,
    });
    await api.post('/v1/x', { ü: 1 });

    expect(server.received).toHaveLength(2);
    expect(server.received[0]?.query).toBe('?state=FAILED%2CSTOPPED&cursor=a%2Bb%2Fc%3D%3D');
    for (const one of server.received) {
      expect(one.headers.authorization).toContain('/eu-central-1/execute-api/aws4_request');
      expect(one.headers.authorization).toContain(`Signature=${expectedSignature(one)}`);
    }
  });

  it.each(['', '.', '..'])('refuses the name "%s", which would change the path', (name) => {
    expect(() => path`/v1/targets/${name}/clusters`).toThrow('is not a valid name');
  });

  it('is traced without secrets', () => {
    expect(traces.join('\n')).toContain(`> POST ${server.url}/v1/x`);
    expect(traces.join('\n')).not.toMatch(/signature|credential/i);
  });
});

describe('a POST', () => {
  it.each([
    ['a busy API', { status: 429, headers: { 'retry-after': '0' }, body: { message: 'Too Many Requests' } }],
    ['a gateway without a backend', { status: 503, body: { message: 'Service Unavailable' } }],
    ['a broken connection', { hangUp: true }],
  ] as const)('keeps its idempotency key over %s', async (_what, reply) => {
    const replies = [reply, { body: { done: true } }];
    server.answer({ 'POST /v1/x': () => replies.shift()! });

    const answer = await api.post('/v1/x', {}, { waitSeconds: 20 });

    expect(answer).toEqual({ done: true });
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(server.received[0]?.headers.prefer).toBe('wait=20');
  });

  it('has a key of its own each time', async () => {
    server.answer({ 'POST /v1/x': { body: {} } });

    await api.post('/v1/x', {});
    await api.post('/v1/x', {});

    expect(new Set(server.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  });

  it('waits as long as Retry-After says', async () => {
    const full = problem('limit-reached', 429, 'The queue is full.', { retryable: true });
    const replies = [{ ...full, headers: { 'retry-after': '2' } }, { body: {} }];
    server.answer({ 'POST /v1/x': () => replies.shift()! });
    const started = Date.now();

    await api.post('/v1/x', {});

    expect(Date.now() - started).toBeGreaterThanOrEqual(2_000);
    expect(notices).toEqual([expect.stringMatching(/^The queue is full\. Next attempt in [23] s\.$/)]);
  });
});

describe('an error of the API itself', () => {
  it('is retried for a GET', async () => {
    const replies = [
      problem('internal', 500, 'Drey met an error of its own', { retryable: true }),
      { body: { done: true } },
    ];
    server.answer({ 'GET /v1/x': () => replies.shift()! });

    expect(await api.get('/v1/x')).toEqual({ done: true });
  });

  it('is reported for a POST, which may have succeeded', async () => {
    server.answer({ 'POST /v1/x': problem('internal', 500, 'Drey met an error of its own', { retryable: true }) });

    await expect(api.post('/v1/x', {})).rejects.toThrow('Drey met an error of its own');
    expect(server.received).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it('of Drey is not retried when it is not retryable', async () => {
    server.answer({
      'GET /v1/x': problem('target-refused', 502, 'the API server said no', {
        reason: 'Forbidden',
        errors: [{ pointer: '/config/a.b', detail: 'is locked' }],
      }),
    });

    const failure: unknown = await api.get('/v1/x').catch((error: unknown) => error);

    expect(server.received).toHaveLength(1);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      message: 'the API server said no (Forbidden)',
      lines: ['-Da.b: is locked'],
      code: 'target-refused',
    });
  });

  it('that only lists field errors prints them once', async () => {
    const errors = [{ pointer: '/config/a.b', detail: 'is locked' }];
    server.answer({ 'GET /v1/x': problem('refused-option', 422, 'a.b: is locked', { errors }) });

    const failure: unknown = await api.get('/v1/x').catch((error: unknown) => error);

    expect(failure).toMatchObject({ message: 'refused-option.', lines: ['-Da.b: is locked'] });
  });

  it.each([
    [
      403,
      { message: 'Signature expired: 20261201T000000Z is now earlier than 20261201T001000Z' },
      /denied access/,
      /clock/,
    ],
    [403, { Message: 'User is not authorized' }, /denied access \(403\): User is not authorized/, /execute-api:Invoke/],
    [404, { message: 'Not Found' }, /answered 404: Not Found/, /drey configure --show/],
  ])('of API Gateway (%i) has a hint', async (status, body, message, hint) => {
    server.answer({ 'GET /v1/x': { status, body } });

    const failure: unknown = await api.get('/v1/x').catch((error: unknown) => error);

    expect(failure).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
  });

  it('to connect has a hint', async () => {
    const shortLived = await startLoopbackApi();
    const { origin } = shortLived;
    await shortLived[Symbol.asyncDispose]();
    const gone = connectTo(origin);

    const failure: unknown = await gone.get('/v1/x').catch((error: unknown) => error);

    expect(failure).toMatchObject({
      message: `The API at ${origin}/ does not answer (ECONNREFUSED).`,
      hint: expect.stringMatching('npm start'),
    });
  });
});
