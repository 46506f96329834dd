import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';

import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { Operation } from '#events/records/operation.ts';
import type { ProblemCode } from '#events/problems/problem-table.ts';
import type { Problem } from '#events/problems/problem.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Closes the connection without an answer. */
  readonly hangUp?: true;
}

/** What is asked → what is answered; by `METHOD /v1/…`. */
export type Replies = Readonly<Record<string, Reply | ((request: Received) => Reply)>>;

/** The path that an emulated API has in front of its own. */
export const basePath = '/_aws/execute-api/abc123/$default';

const jsonOf = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined; // a jar
  }
};

/** Stands for the API on a port of this machine, and keeps what it was asked. */
export const startLoopbackApi = async () => {
  const received: Received[] = [];
  let replies: Replies = {};
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://loopback');
    const body = await buffer(request);
    const one: Received = {
      method: request.method ?? '',
      path: url.pathname.replace(basePath, ''),
      query: url.search,
      headers: request.headers,
      body,
      json: jsonOf(body),
    };
    received.push(one);
    const found = replies[`${one.method} ${one.path}`];
    const reply =
      typeof found === 'function' ? found(one) : (found ?? problem('not-found', 404, `there is no ${one.path}`));
    if (reply.hangUp) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    response.end(JSON.stringify(reply.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a port was asked for');
  const origin = `http://127.0.0.1:${address.port}`;
  return {
    origin,
    url: `${origin}${basePath}`,
    received,
    calls: () => received.map(({ method, path }) => `${method} ${path}`),
    answer: (next: Replies) => {
      received.length = 0;
      replies = next;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export const problem = (code: ProblemCode, status: number, detail: string, more: Partial<Problem> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: {
    type: `docs/problems.md#${code}`,
    title: code,
    status,
    detail,
    code,
    retryable: false,
    ...more,
  } satisfies Problem,
});

const time = '2026-11-23T22:10:16.000Z';

export const cluster = (more: Partial<Cluster> = {}): Cluster => ({
  target: 'local',
  clusterId: 'live',
  mode: 'session',
  state: 'RUNNING',
  namespace: 'golden',
  image: 'flink:2.2',
  flinkVersion: '2.2',
  labels: {},
  conditions: [],
  sequence: 3,
  operationId: '0'.repeat(32),
  createdAt: time,
  updatedAt: time,
  ...more,
});

export const job = (more: Partial<Job> = {}): Job => ({
  target: 'local',
  clusterId: 'live',
  jobId: '8a077da4350254f0f435da5061d32226',
  clusterOperationId: '0'.repeat(32),
  name: 'CarTopSpeedWindowingExample',
  state: 'RUNNING',
  startTime: '2026-11-23T22:10:34.000Z',
  updatedAt: time,
  ...more,
});

export const operation = (more: Partial<Operation> = {}): Operation => ({
  operationId: '1'.repeat(32),
  kind: 'deploy',
  target: 'local',
  clusterId: 'live',
  state: 'SUCCEEDED',
  origin: 'http',
  principal: 'arn:aws:iam::000000000000:user/ada',
  createdAt: time,
  updatedAt: time,
  deadline: '2099-01-01T00:00:00.000Z',
  ...more,
});

export const accepted = (more: Partial<Operation> = {}): Reply => ({
  status: 202,
  body: { operation: operation(more) },
});
export const oneTarget: Reply = {
  body: {
    targets: [
      {
        ...plainTarget,
        name: 'local',
        updatedBy: 'arn:aws:iam::000000000000:user/ada',
        cluster: 'flink',
        region: 'us-east-1',
        namespace: 'golden',
      },
    ],
  },
};
