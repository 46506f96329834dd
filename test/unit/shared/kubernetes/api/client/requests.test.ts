import { Readable } from 'node:stream';

import { describe, expect, it } from 'vitest';
import * as z from 'zod';

import { clientFor, get, status } from './fixture.ts';

describe('a request', () => {
  it('sends the token and JSON, and returns JSON', async () => {
    const { client, seen } = await clientFor([{ status: 201, body: { metadata: { name: 'x' } } }]);

    const answer = await client.send({ method: 'POST', path: '/apis/x', json: { a: 'ü' } });

    expect(answer).toMatchObject({ status: 201, body: { metadata: { name: 'x' } } });
    expect(seen).toMatchObject([
      { method: 'POST', url: '/apis/x', headers: { authorization: 'Bearer token-1', 'content-length': '10' } },
    ]);
    expect(seen[0]?.body.toString()).toBe('{"a":"ü"}');
  });

  it('reuses a connection', async () => {
    const { client, sockets } = await clientFor([{ status: 200 }]);

    for (let count = 0; count < 15; count += 1) await client.send(get);

    expect(sockets.size).toBe(1);
  });

  it('reads all pages of a list', async () => {
    const item = (name: string) => ({ name });
    const { client, seen } = await clientFor([
      { status: 200, body: { items: [item('a')], metadata: { continue: 'more & more' } } },
      { status: 200, body: { items: [item('b')], metadata: {} } },
    ]);

    const names = await client.list('/pods', z.object({ name: z.string() }), { labelSelector: 'app=x' });

    expect(names).toEqual([{ name: 'a' }, { name: 'b' }]);
    expect(seen.map(({ url }) => url)).toEqual([
      '/pods?labelSelector=app%3Dx&limit=500',
      '/pods?labelSelector=app%3Dx&limit=500&continue=more+%26+more',
    ]);
  });

  it('reads no more of a list than a maximum, although each page may be shorter', async () => {
    const page = { items: [{ name: 'x'.repeat(30_000_000) }], metadata: { continue: 'more' } };
    const { client, seen } = await clientFor([{ status: 200, body: page }]);

    await expect(client.list('/pods', z.object({ name: z.string() }), {})).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('The list /pods of EKS cluster') as string,
    });
    expect(seen).toHaveLength(5);
  });

  it('reads no more of an answer than its maximum', async () => {
    let sentBytes = 0;
    const chunks = function* () {
      for (; sentBytes < 100_000_000; sentBytes += 65_536) yield ' '.repeat(65_536);
    };
    const { client } = await clientFor([], (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      Readable.from(chunks()).pipe(response);
    });

    await expect(client.send({ ...get, maxAnswerBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'target-refused',
      message: `The answer to GET ${get.path} is larger than 1 MB, the maximum that Drey reads.`,
    });
    expect(sentBytes).toBeLessThan(50_000_000);
  });

  it('tells the announced size of an answer that is too large', async () => {
    const { client } = await clientFor([], (_request, response) => {
      response.writeHead(200, { 'content-length': '3000000' }).end(Buffer.alloc(3_000_000));
    });

    await expect(client.send({ ...get, maxAnswerBytes: 1_000_000 })).rejects.toMatchObject({
      reason: 'AnswerTooLarge',
      cause: { bytes: 3_000_000 },
    });
  });

  it('returns the bytes of a success where they are asked for, and the JSON of a failure', async () => {
    const bytes = Buffer.from([1, 255, 254]);
    const { client } = await clientFor([], (request, response) => {
      response.writeHead(request.url === '/ok' ? 200 : 404, { 'content-type': 'application/json' });
      response.end(request.url === '/ok' ? bytes : '{"kind":"Status"}');
    });
    const read = (path: string) => client.send({ ...get, path, asBytes: true, expected: [404] });

    expect((await read('/ok')).body).toEqual(bytes);
    expect((await read('/none')).body).toEqual({ kind: 'Status' });
  });

  it.each([
    ['arrays', `${'['.repeat(101)}${']'.repeat(101)}`],
    ['objects', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
  ])('refuses an answer of deeply nested %s', async (_what, json) => {
    const { client } = await clientFor([], (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(json);
    });

    await expect(client.send(get)).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('has more than 100 levels') as string,
    });
  });

  it('rejects a response of another form', async () => {
    const { client } = await clientFor([{ status: 200, body: { surprise: true } }]);

    await expect(client.get('/x', z.object({ metadata: z.object({}) }))).rejects.toMatchObject({
      code: 'target-refused',
    });
  });
});

describe('an error response', () => {
  it.each([
    [401, 'Unauthorized', 'target-refused', 'Create an access entry for the role of this function.'],
    [403, 'Forbidden', 'target-refused', 'because Forbidden. Grant the permission by a Role in namespace flink'],
    [404, 'NotFound', 'target-refused', 'because NotFound'],
    [409, 'Conflict', 'conflict', 'because Conflict'],
    [410, 'Expired', 'target-refused', 'because Expired'],
    [422, 'Invalid', 'refused-option', 'because Invalid'],
    [429, 'TooManyRequests', 'target-unreachable', 'because TooManyRequests'],
    [500, 'InternalError', 'target-unreachable', 'because InternalError'],
    [502, 'BadGateway', 'target-unreachable', 'because BadGateway'],
    [503, 'ServiceUnavailable', 'target-unreachable', 'because ServiceUnavailable'],
    [504, 'Timeout', 'target-unreachable', 'because Timeout'],
  ])('with status %i becomes a fault', async (code, reason, fault, message) => {
    const { client } = await clientFor([{ status: code, body: status(code, reason) }]);

    await expect(client.send(get)).rejects.toMatchObject({
      code: fault,
      reason,
      message: expect.stringContaining(message) as string,
    });
  });

  it('names each invalid field', async () => {
    const causes = [
      { field: 'spec.replicas', message: 'must be positive', reason: 'FieldValueInvalid' },
      { field: 'spec.template.spec.containers[0].image', message: 'Required value' },
    ];
    const { client } = await clientFor([{ status: 422, body: status(422, 'Invalid', { details: { causes } }) }]);

    await expect(client.send(get)).rejects.toMatchObject({
      errors: [
        { pointer: '/manifests/spec.replicas', detail: 'must be positive' },
        { pointer: '/manifests/spec.template.spec.containers[0].image', detail: 'Required value' },
      ],
    });
  });

  it('is returned when its status is expected', async () => {
    const { client, seen } = await clientFor([{ status: 409, body: status(409, 'AlreadyExists') }]);

    const answer = await client.send({ method: 'POST', path: '/x', json: {}, expected: [409] });

    expect(answer.status).toBe(409);
    expect(seen).toHaveLength(1);
  });
});
