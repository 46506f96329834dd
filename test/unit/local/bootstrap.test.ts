import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const source = new URL('../../../bootstrap', import.meta.url).pathname;

interface Posted {
  readonly path: string;
  readonly body: unknown;
  readonly errorType: string | undefined;
}

/** Runs the bootstrap with the source of a handler and a Runtime API that has the invocations. Returns the posted answers. */
const run = async (
  handlerSource: string,
  events: readonly unknown[],
  handler = 'functions/f.handler',
): Promise<{ posted: readonly Posted[]; code: number | null }> => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bootstrap-'));
  copyFileSync(source, join(folder, 'bootstrap'));
  writeFileSync(join(folder, 'f.mjs'), handlerSource);
  const posted: Posted[] = [];
  const waiting = [...events];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url?.endsWith('/invocation/next') === true) {
      const index = events.length - waiting.length;
      const event = waiting.shift();
      if (event === undefined) return response.writeHead(410).end();
      return response
        .writeHead(200, {
          'lambda-runtime-aws-request-id': `r${index}`,
          'lambda-runtime-deadline-ms': String(Date.now() + 5_000),
          'lambda-runtime-invoked-function-arn': 'arn:f',
        })
        .end(JSON.stringify(event));
    }
    const errorType = request.headers['lambda-runtime-function-error-type'];
    posted.push({
      path: request.url ?? '',
      body: JSON.parse(Buffer.concat(chunks).toString()),
      errorType: typeof errorType === 'string' ? errorType : undefined,
    });
    return response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [join(folder, 'bootstrap')], {
    env: {
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: handler.replace('functions/', ''),
      AWS_LAMBDA_FUNCTION_NAME: 'f',
    },
    stdio: 'ignore',
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  server.close();
  return { posted, code };
};

describe('the bootstrap', () => {
  it('handles all invocations in one process', async () => {
    const { posted, code } = await run(
      'let calls = 0; export const handler = async ({ word }) => ({ word, calls: ++calls });',
      [{ word: 'a' }, { word: 'b' }],
    );

    expect(posted).toEqual([
      { path: '/2018-06-01/runtime/invocation/r0/response', body: { word: 'a', calls: 1 }, errorType: undefined },
      { path: '/2018-06-01/runtime/invocation/r1/response', body: { word: 'b', calls: 2 }, errorType: undefined },
    ]);
    expect(code).toBe(0);
  });

  it('posts the name of an error, and handles the next invocation', async () => {
    const { posted } = await run(
      "export const handler = async ({ fail }) => { if (fail) throw Object.assign(new Error('away'), { name: 'target-unreachable' }); return 1; };",
      [{ fail: true }, { fail: false }],
    );

    expect(posted[0]).toMatchObject({
      path: expect.stringMatching(/r0\/error$/),
      errorType: 'target-unreachable',
      body: { errorType: 'target-unreachable', errorMessage: 'away' },
    });
    expect(posted[1]).toMatchObject({ path: expect.stringMatching(/r1\/response$/), body: 1 });
  });

  it('gives the handler its context', async () => {
    const { posted } = await run(
      'export const handler = async (_event, context) => ({ id: context.awsRequestId, name: context.functionName, left: context.getRemainingTimeInMillis() > 1000 });',
      [{}],
    );

    expect(posted[0]?.body).toEqual({ id: 'r0', name: 'f', left: true });
  });

  it.each([
    ['a module that is not there', 'export const handler = 1;', 'g.handler', 'Runtime.ImportModuleError'],
    ['a handler that is not there', 'export const other = () => 1;', 'f.handler', 'Runtime.HandlerNotFound'],
    ['a module that throws', "throw new TypeError('broken');", 'f.handler', 'TypeError'],
  ])('reports %s as an error of its start', async (_what, text, handler, errorType) => {
    const { posted, code } = await run(text, [{}], handler);

    expect(posted).toMatchObject([{ path: '/2018-06-01/runtime/init/error', body: { errorType } }]);
    expect(code).toBe(1);
  });
});
