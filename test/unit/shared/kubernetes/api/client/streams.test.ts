import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import type { Request } from '#shared/kubernetes/api/exchange.ts';

import { clientFor, status } from './fixture.ts';

describe('a stream', () => {
  const mebibyte = new Uint8Array(1_048_576).fill(7);
  const upload = (body: AsyncIterable<Uint8Array>, bytes: number): Request => ({
    method: 'POST',
    path: '/upload',
    stream: { body, bytes, contentType: 'application/octet-stream' },
  });

  it('is sent unchanged with its length', async () => {
    const { client, seen } = await clientFor([{ status: 200 }]);
    const body = (async function* chunks() {
      for (let count = 0; count < 5; count += 1) yield mebibyte;
    })();

    await client.send(upload(body, 5 * 1_048_576));

    expect(seen[0]?.headers).toMatchObject({ 'content-length': '5242880', 'content-type': 'application/octet-stream' });
    expect(seen[0]?.headers['transfer-encoding']).toBeUndefined();
    expect(seen[0]?.body.equals(Buffer.alloc(5 * 1_048_576, 7))).toBe(true);
  });

  it('is read as fast as the server reads, and not kept in memory', async () => {
    let read = 0;
    const { client } = await clientFor([], (request) => request.pause());
    const body = (async function* chunks() {
      for (; read < 500; read += 1) yield mebibyte;
    })();

    const sent = client.send({ ...upload(body, 500 * 1_048_576), timeoutMs: 500 });

    await expect(sent).rejects.toMatchObject({ code: 'target-unreachable' });
    expect(read).toBeLessThan(50);
  });

  it('fails with its own fault, and is not sent twice', async () => {
    const { client, seen } = await clientFor([{ status: 200 }]);
    const body = (async function* chunks() {
      yield mebibyte;
      throw new Fault('jar-refused', 'no such jar');
    })();

    await expect(client.send(upload(body, 2 * 1_048_576))).rejects.toMatchObject({ code: 'jar-refused' });

    expect(seen).toHaveLength(0);
  });

  it('ends when the response comes before its end', async () => {
    const { client } = await clientFor([], (request, response) => {
      request.pause();
      response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(status(403, 'Forbidden')));
    });
    const body = (async function* chunks() {
      for (let count = 0; count < 50; count += 1) yield mebibyte;
    })();

    await expect(client.send(upload(body, 50 * 1_048_576))).rejects.toMatchObject({ code: 'target-refused' });
  });
});
