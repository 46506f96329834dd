import { beforeEach, describe, expect, it } from 'vitest';

import { jobsHandler } from '#functions/jobs.ts';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { makeContext, makeHttpEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getFlink, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

const route = 'GET /v1/targets/{target}/clusters/{clusterId}/flink/{proxy+}';

const read = async (proxy: string, changes: Partial<APIGatewayProxyEventV2> = {}) => {
  const event = { ...makeHttpEvent(route, { target: 'local', clusterId: 'etl', proxy }), ...changes };
  const handler = jobsHandler(world.ports) as (event: APIGatewayProxyEventV2, context: unknown) => Promise<unknown>;
  return (await handler(event, makeContext())) as APIGatewayProxyStructuredResultV2;
};

beforeEach(() => startSession(sendHttp));

describe('the API, asked for a part of the web UI,', () => {
  it('answers with headers of its own only, which let no page run', async () => {
    const { statusCode, headers, body, isBase64Encoded } = await read('index.html');

    expect({ statusCode, body, isBase64Encoded }).toEqual({
      statusCode: 200,
      body: '<html><base href="./"></html>',
      isBase64Encoded: false,
    });
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    ['assets/favicon/favicon.png', Buffer.from([137, 80, 78, 71, 255])],
    ['jobmanager/log', Buffer.from([97, 255, 254])],
  ])('passes the bytes of %s as base64', async (path, bytes) => {
    getFlink().answer = async () => ({ status: 200, body: bytes });

    const { body, isBase64Encoded } = await read(path);

    expect(isBase64Encoded).toBe(true);
    expect(Buffer.from(body ?? '', 'base64')).toEqual(bytes);
  });

  it('tells the size of an answer that Lambda cannot return, and what to use', async () => {
    getFlink().answer = async () => ({ status: 200, body: Buffer.alloc(5_500_000, '\n') });

    const { statusCode, body } = await read('jobmanager/log');

    expect(statusCode).toBe(502);
    expect(JSON.parse(body ?? '')).toMatchObject({
      code: 'answer-too-large',
      detail: expect.stringMatching(
        /has 5\.5 MB, .* drey logs etl .* kubectl port-forward service\/etl-rest 8081/,
      ) as string,
    });
  });

  it.each([
    ['an encoded character', 'jobs/overview', '/flink/jobs%2Foverview'],
    ['an encoded dot', 'jobs/overview', '/flink/x/%2e%2e/jobs/overview'],
  ])('refuses %s in the path, also where the gateway has decoded it', async (_what, proxy, end) => {
    const { statusCode, body } = await read(proxy, { rawPath: `/v1/targets/local/clusters/etl${end}` });

    expect(statusCode).toBe(403);
    expect(JSON.parse(body ?? '')).toMatchObject({ code: 'flink-path-refused' });
  });
});
