import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openJars } from '#shared/aws/jars.ts';
import { openPayloads } from '#shared/aws/payloads.ts';
import { openSpecs } from '#shared/aws/specs.ts';
import { awsTimeouts } from '#shared/retries.ts';

let server: Server;
/** The answers of S3 whose bodies lack their last part. */
let answers: ServerResponse[];

const now = () => new Date();
const jar = 's3://bucket/uploads/etl/1/a.jar';
const jars = openJars({ bucket: 'bucket', now, newId: () => '1' });
const openJar = async () => (await jars.open(jar, new AbortController().signal)).stream as Readable; // S3 has streams.
const getAnswer = () => vi.waitUntil(() => answers[0], { interval: 1 });

beforeEach(async () => {
  answers = [];
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': '4', 'content-range': 'bytes 0-3/4' });
    response.write('{"a');
    answers.push(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`); // It listens on a port.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAFUNCTION');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

describe.each<[string, () => Promise<unknown>]>([
  ['a payload', () => openPayloads({ bucket: 'bucket', now }).read('1')],
  ['an uploaded payload', () => openPayloads({ bucket: 'bucket', now }).readUpload(jar, 'etl')],
  ['a spec', () => openSpecs('bucket').read('etl', 'nightly')],
  ['the first bytes of a jar', () => jars.inspect(jar, 'etl')],
  ['a jar', async () => text(await openJar())],
])('%s in S3', (_what, read) => {
  it('fails with a retryable fault when its body stops', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const failures: unknown[] = [];
    const reading = read().catch((error: unknown) => failures.push(error));
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(awsTimeouts.requestMs);
      expect(failures).toHaveLength(1);
    });
    vi.useRealTimers();
    await reading;

    expect(failures).toMatchObject([{ code: 'deadline-exceeded' }]);
  });

  it('fails with a retryable fault when its connection breaks', async () => {
    const failure = read().catch((error: unknown) => error);
    (await getAnswer()).destroy();

    expect(await failure).toMatchObject({ code: 'deadline-exceeded' });
  });
});

describe('a jar that is read as a stream', () => {
  it('fails with a retryable fault when its connection breaks before it is read', async () => {
    const stream = await openJar();
    const { socket } = await getAnswer();
    (await getAnswer()).destroy();
    await once(socket!, 'close');

    await expect(text(stream)).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });

  it('does not fail because its reader is slow', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const parts = (await openJar())[Symbol.asyncIterator]();
    const first = await parts.next();
    await vi.advanceTimersByTimeAsync(awsTimeouts.requestMs * 2);
    answers[0]?.end('}');
    const second = await parts.next();

    expect(Buffer.concat([first.value, second.value]).toString()).toBe('{"a}');
    expect(await parts.next()).toMatchObject({ done: true });
  });

  it.each<[string, (stream: Readable) => unknown]>([
    ['before it is read', () => {}],
    ['while a part is waited for', (stream) => stream.resume()],
  ])('ends its connection at once when it is destroyed %s', async (_when, start) => {
    const stream = await openJar();
    const closed = once(await getAnswer(), 'close');
    start(stream);
    await new Promise((resolve) => setImmediate(resolve));
    stream.destroy();

    await closed;
    expect(answers[0]?.writableFinished).toBe(false);
  });
});
