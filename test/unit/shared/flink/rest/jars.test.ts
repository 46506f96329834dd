import { describe, expect, it } from 'vitest';

import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { RestRequest, Transport } from '#shared/flink/rest/transport/transport.ts';

import { errors, flinkWith, ok } from './fixture.ts';

describe('uploadJar', () => {
  const uploaded = {
    'POST /v1/jars/upload': ok({ filename: '/tmp/flink-web-1/flink-web-upload/6b1c_my.jar', status: 'success' }),
  };
  const parts = (...contents: readonly string[]) =>
    (async function* chunks() {
      for (const content of contents) yield new TextEncoder().encode(content);
    })();
  const received = async ({ stream }: RestRequest) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream?.body ?? []) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it('sends a form of exactly the announced length', async () => {
    const bodies: Buffer[] = [];
    const transport: Transport = async (request) => {
      bodies.push(await received(request));
      expect(request.stream?.bytes).toBe(bodies[0]?.byteLength);
      const boundary = request.stream?.contentType.replace('multipart/form-data; boundary=', '') ?? '';
      expect(bodies[0]?.toString()).toBe(
        `--${boundary}\r\nContent-Disposition: form-data; name="jarfile"; filename="my.jar"\r\n` +
          `Content-Type: application/x-java-archive\r\n\r\nPK1234\r\n--${boundary}--\r\n`,
      );
      return uploaded['POST /v1/jars/upload'];
    };

    const jarId = await flinkRest(transport).uploadJar({ name: 'my.jar', body: parts('PK', '1234'), bytes: 6 });

    expect(jarId).toBe('6b1c_my.jar');
    expect(bodies).toHaveLength(1);
  });

  it.each([
    ['../a"b\r\nX: y.jar', '.._a_b__X__y.jar'],
    ['job', 'job.jar'],
  ])('keeps the name %j within its header', async (name, filename) => {
    const { rest, requests } = flinkWith(uploaded);
    await rest.uploadJar({ name, body: parts('x'), bytes: 1 });

    const text = (await received(requests[0]!)).toString();

    expect(text).toContain(`filename="${filename}"\r\n`);
  });

  it.each([5, 7])('aborts the upload of a jar of 6 bytes that was announced with %i', async (bytes) => {
    const transport: Transport = async (request) => {
      await received(request);
      return uploaded['POST /v1/jars/upload'];
    };

    const sent = flinkRest(transport).uploadJar({ name: 'my.jar', body: parts('PK', '1234'), bytes });

    await expect(sent).rejects.toMatchObject({ code: 'conflict' });
  });

  it('reports that an application accepts no jars', async () => {
    const { rest } = flinkWith({ 'POST /v1/jars/upload': errors(400, 'POST request not allowed') });

    const sent = rest.uploadJar({ name: 'my.jar', body: parts('x'), bytes: 1 });

    await expect(sent).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringContaining('POST request not allowed') as string,
    });
  });
});

describe('deleteJar', () => {
  const refused = errors(400, 'File my.jar does not exist.');

  it('succeeds when the jar is gone', async () => {
    const { rest } = flinkWith({ 'DELETE /v1/jars/my.jar': refused, 'GET /v1/jars': ok({ files: [] }) });

    await expect(rest.deleteJar('my.jar')).resolves.toBeUndefined();
  });

  it('fails when the jar still exists', async () => {
    const { rest } = flinkWith({
      'DELETE /v1/jars/my.jar': refused,
      'GET /v1/jars': ok({ files: [{ id: 'my.jar' }] }),
    });

    await expect(rest.deleteJar('my.jar')).rejects.toMatchObject({ code: 'target-refused' });
  });
});
