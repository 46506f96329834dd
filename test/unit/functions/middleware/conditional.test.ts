import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { describe, expect, it } from 'vitest';

import { conditional } from '#functions/middleware/conditional.ts';
import { makeContext, makeHttpEvent } from '#test/fakes/lambda.ts';

const found = { statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"a":1}' };

interface Request {
  readonly method?: string;
  readonly match?: string | undefined;
  readonly answer?: APIGatewayProxyStructuredResultV2;
}

const request = async ({ method = 'GET', match, answer = found }: Request = {}) => {
  const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
    .use(conditional())
    .handler(async () => answer);
  const headers = match === undefined ? {} : { 'if-none-match': match };
  return handler(makeHttpEvent(`${method} /v1/targets`, {}, { headers }), makeContext());
};

const tagOf = async (body: string) => String((await request({ answer: { ...found, body } })).headers?.['etag']);

describe('a GET', () => {
  it('has a weak tag of its body, which caches have to ask for', async () => {
    const answer = await request();

    expect(answer).toMatchObject(found);
    expect(answer.headers).toMatchObject({
      etag: expect.stringMatching(/^W\/"[\w-]{22}"$/) as string,
      'cache-control': 'private, no-cache',
    });
  });

  it('has the same tag for the same body only', async () => {
    expect(await tagOf('{"a":1}')).toBe(await tagOf(found.body));
    expect(await tagOf('{"a":2}')).not.toBe(await tagOf(found.body));
  });

  it.each([
    ['the tag', (tag: string) => tag],
    ['the tag as a strong one', (tag: string) => tag.replace('W/', '')],
    ['a list with the tag', (tag: string) => `"1", W/"x" ,${tag}`],
    ['*', () => '*'],
  ])('answers 304 without a body to %s', async (_title, matchOf) => {
    const etag = await tagOf(found.body);

    expect(await request({ match: matchOf(etag) })).toEqual({
      statusCode: 304,
      headers: { etag, 'cache-control': 'private, no-cache' },
    });
  });

  it.each(['W/"x"', '"*"', '', 'x', ','])('answers the body to %j', async (match) => {
    expect(await request({ match })).toMatchObject(found);
  });

  it('answers the body to the tag without its quotes', async () => {
    expect(await request({ match: (await tagOf(found.body)).replaceAll(/W\/|"/g, '') })).toMatchObject(found);
  });
});

describe('any other answer', () => {
  it.each([
    { method: 'PUT', answer: found },
    { method: 'GET', answer: { ...found, statusCode: 404 } },
    { method: 'GET', answer: { ...found, statusCode: 201 } },
  ])('to $method is as its handler made it', async ({ method, answer }) => {
    expect(await request({ method, match: '*', answer })).toEqual(answer);
  });
});
