import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { callDynamoDb } from '#shared/aws/services/dynamodb.ts';
import { callJson } from '#shared/aws/services/json.ts';
import { callRestJson } from '#shared/aws/services/rest-json.ts';
import { callS3 } from '#shared/aws/services/s3.ts';
import { callSts } from '#shared/aws/services/sts.ts';
import { createRetryQuota } from '#shared/aws/transport/retry-quota.ts';
import { awsTimeouts } from '#shared/retries.ts';

type Answer = (response: ServerResponse) => void;

/** Answers that the server gives in turn. The last one repeats. */
let answers: Answer[];
interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
let requests: Request[];
let sockets: Set<unknown>;
let server: Server;

const found: Answer = (response) => response.end('{"Item":{"pk":{"S":"a"}}}');
const failing =
  (status: number, code: string): Answer =>
  (response) => {
    response.writeHead(status);
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: 'secret' }));
  };
const reset: Answer = (response) => response.destroy();
const none: Answer = () => {};
const half: Answer = (response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"Item":');
};
const halfAndReset: Answer = (response) => {
  half(response);
  setImmediate(() => response.destroy());
};

const get = (signal?: AbortSignal) =>
  callDynamoDb(
    'dynamodb:GetItem',
    { TableName: 'table', Key: { pk: 'a' } },
    signal === undefined ? undefined : { signal },
  );

/** The signature of a request as its service computes it. */
const signAgain = async ({ method, url, headers, body }: Request, service: string): Promise<string | undefined> => {
  const [path = '', query] = url.split('?');
  const names = (/SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1] ?? '').split(';');
  const signed = names.filter((name) => name !== 'x-amz-content-sha256').map((name) => [name, String(headers[name])]);
  const request = new HttpRequest({
    method,
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: Object.fromEntries(signed),
    body,
  });
  const signer = new SignatureV4({
    service,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAFUNCTION', secretAccessKey: 'secret' },
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(String(headers['x-amz-date'])) ?? [];
  const parts = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].join('-');
  const signingDate = new Date(`${parts}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`);
  return (await signer.sign(request, { signingDate })).headers['authorization'];
};

beforeEach(async () => {
  [answers, requests, sockets] = [[found], [], new Set()];
  server = createServer((request, response) => {
    sockets.add(request.socket);
    const read = async () => {
      const body = await text(request);
      const { method = '', url = '', headers } = request;
      requests.push({ method, url, headers, body });
      const [answer = found] = answers.length > 1 ? answers.splice(0, 1) : answers;
      answer(response);
    };
    void read();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`); // It listens on a port.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFUNCTION');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', '');
  vi.spyOn(Math, 'random').mockReturnValue(0); // Pauses have full jitter.
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

describe('a request to AWS', () => {
  it('is signed with the credentials and the Region of the function', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'token');

    expect(await get()).toEqual({ Item: { pk: 'a' } });
    expect(requests).toMatchObject([
      {
        body: '{"TableName":"table","Key":{"pk":{"S":"a"}}}',
        headers: {
          'x-amz-target': 'DynamoDB_20120810.GetItem',
          'x-amz-security-token': 'token',
          authorization: expect.stringMatching(/Credential=AKIAFUNCTION\/\d{8}\/us-east-1\/dynamodb\/aws4_request/),
        },
      },
    ]);
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ['a key with other characters', 's3', () => callS3('s3:GetObject', { Bucket: 'b', Key: "a b/../+ü'(1)*.jar" })],
    ['a query', 's3', () => callS3('s3:ListObjectsV2', { Bucket: 'b', Prefix: 'a b/+&ü=', StartAfter: 'a/*~' })],
    [
      'a body',
      's3',
      () => callS3('s3:PutObject', { Bucket: 'b', Key: 'a', Body: '{"a":"ü"}', ContentType: 'application/json' }),
    ],
    ['a path', 'eks', () => callRestJson('eks:DescribeCluster', { name: 'a b%/ü' })],
    [
      'a path and a query',
      'scheduler',
      () => callRestJson('scheduler:DeleteSchedule', { Name: 'a.b', GroupName: 'c d' }),
    ],
    ['a form', 'sts', () => callSts('sts:AssumeRole', { RoleArn: 'arn', RoleSessionName: 'a+b=c' })],
    ['JSON', 'events', () => callJson('events:PutEvents', { Entries: [{ Detail: '{"a":"ü"}' }] })],
  ])('with %s is signed as it is sent', async (_what, service, send) => {
    await send();
    const [sent] = requests as [Request];

    expect(sent.headers.authorization).toBe(await signAgain(sent, service));
  });

  it('uses the connection of the one before', async () => {
    await get();
    await get();

    expect([requests.length, sockets.size]).toEqual([2, 1]);
  });

  it('has the path of a key as it is, because a resolved one is that of another key', async () => {
    await callS3('s3:DeleteObject', { Bucket: 'bucket', Key: "uploads/../a b/./%2e%2e/'(ü).jar" });

    expect(requests[0]?.url).toBe('/bucket/uploads/../a%20b/./%252e%252e/%27%28%C3%BC%29.jar');
  });

  it('carries the trace of the invocation', async () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-2-3;Parent=4');
    await get();

    expect(requests[0]?.headers['x-amzn-trace-id']).toBe('Root=1-2-3;Parent=4');
  });

  it.each([
    ['an internal error', failing(500, 'InternalServerError')],
    ['an overloaded service', failing(503, 'ServiceUnavailable')],
    ['throttling', failing(400, 'ThrottlingException')],
    ['throttling of a table', failing(400, 'ProvisionedThroughputExceededException')],
    ['a transaction whose first attempt is going on', failing(400, 'TransactionInProgressException')],
    ['too many requests', failing(429, 'UnknownError')],
    ['a connection that breaks', reset],
    ['an answer that breaks', halfAndReset],
  ])('is made up to three times after %s', async (_what, failure) => {
    answers = [failure, failure, found];

    expect(await get()).toEqual({ Item: { pk: 'a' } });
    expect(requests).toHaveLength(3);
  });

  it.each([
    ['a third internal error', failing(500, 'InternalServerError'), 'InternalServerError', 3],
    ['throttling', failing(400, 'ThrottlingException'), 'ThrottlingException', 3],
    ['connections that break', reset, 'TimeoutError', 3],
    ['a mistake of the request', failing(400, 'ValidationException'), 'ValidationException', 1],
    ['a missing permission', failing(400, 'AccessDeniedException'), 'AccessDeniedException', 1],
    ['an answer of a proxy', (response: ServerResponse) => response.writeHead(403).end('no'), 'UnknownError', 1],
  ])('fails with the name of %s', async (_what, failure, name, attempts) => {
    answers = [failure];

    await expect(get()).rejects.toMatchObject({ name });
    expect(requests).toHaveLength(attempts);
  });

  it.each([
    ['no answer', none],
    ['no end of the answer', half],
  ])('is made again when there is %s in time', async (_what, failure) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    answers = [failure, found];
    const answer = get();
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(awsTimeouts.requestMs);
      expect(requests).toHaveLength(2);
    });
    vi.useRealTimers();

    expect(await answer).toEqual({ Item: { pk: 'a' } });
  });

  it('has the same token in each attempt, by which the service knows it again', async () => {
    answers = [reset, found, reset, found];
    const Put = { TableName: 'table', Item: { pk: 'a' } };
    await callDynamoDb('dynamodb:TransactWriteItems', { TransactItems: [{ Put }] });
    await callRestJson('scheduler:CreateSchedule', { Name: 'a' } as never);
    const [transaction, repeatedTransaction, creation, repeatedCreation] = requests.map(({ body }) => body);

    expect(repeatedTransaction).toBe(transaction);
    expect(JSON.parse(transaction ?? '')).toMatchObject({
      ClientRequestToken: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(repeatedCreation).toBe(creation);
    expect(JSON.parse(creation ?? '')).toMatchObject({ ClientToken: expect.stringMatching(/^[\da-f-]{36}$/) });
  });

  it('has the time of an execution as a date', async () => {
    answers = [(response) => response.end('{"executionArn":"arn","startDate":1.7952e9}')];
    const started = await callJson('states:StartExecution', { stateMachineArn: 'arn', name: 'a', input: '{}' });

    expect(started.startDate).toEqual(new Date(1_795_200_000_000));
  });

  it('fails when its signal aborts, without another attempt', async () => {
    answers = [none];
    const controller = new AbortController();
    const failure = get(controller.signal).catch((error: unknown) => error);
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    controller.abort();

    expect(await failure).toMatchObject({ name: 'AbortError' });
    expect(requests).toHaveLength(1);
  });
});

describe('the quota of retries', () => {
  it('ends the retries of an outage, and grows again with successes', () => {
    const quota = createRetryQuota();
    const takeAll = () => {
      let taken = 0;
      while (quota.take(new Error('outage'))) taken += 1;
      return taken;
    };

    expect(takeAll()).toBe(100);
    for (let success = 0; success < 10; success += 1) quota.giveBack();
    expect(takeAll()).toBe(2);
  });
});
