import type { RequestListener, ServerResponse } from 'node:http';

import { beforeEach, describe, expect, it } from 'vitest';

import { openFlinkTransport } from '#shared/kubernetes/flink-transport.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { reportedJob as job } from '#test/support/reported-jobs.ts';
import {
  getCluster,
  getFlink,
  jar,
  listOperations,
  reconcile,
  runWorkflows,
  session,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { clientFor, target } from '#test/unit/shared/kubernetes/api/client/fixture.ts';

const hostile = 'etl';
const other = 'office';
const id = 'a'.repeat(32);

const answer = (response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** A JobManager behind the service proxy that answers every path in the same way. */
const saying =
  (body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    answer(response, body, status, headers);

const listing = (...jobs: readonly object[]): RequestListener => saying({ jobs });

/** An answer that ends when the client does not read on, or after `bytes`. */
const streaming =
  (bytes: number): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(1_000_000, ' ');
    let sent = 0;
    const write = () => {
      while (!response.destroyed && sent < bytes) {
        sent += chunk.byteLength;
        written += chunk.byteLength;
        if (!response.write(chunk)) {
          response.once('drain', write);
          return;
        }
      }
      response.end('{"jobs":[]}');
    };
    write();
  };

let written = 0;
let requests: string[] = [];

/** From now on a server over TLS stands for the JobManager of the cluster `etl`, as the API server proxies it. */
const attack = async (listen: RequestListener) => {
  requests = [];
  written = 0;
  const { client } = await clientFor([], (request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    listen(request, response);
  });
  const toFake = world.kubernetes.flink.bind(world.kubernetes);
  world.kubernetes.flink = (clusterId) =>
    clusterId === hostile ? openFlinkTransport(clusterId, { client, target, owner: '' }) : toFake(clusterId);
};

const listRecordedJobs = async (clusterId: string) =>
  (await world.store.jobs({ target: 'local', clusterId })).map(({ value }) => value);

beforeEach(async () => {
  for (const clusterId of [hostile, other]) {
    // One after the other, as the ids of the fake are in order.
    // oxlint-disable-next-line no-await-in-loop
    await sendHttp('deploy', { clusterId, data: session }, world);
    // oxlint-disable-next-line no-await-in-loop
    await runWorkflows();
  }
  await sendHttp('submit', { clusterId: other, data: { jar } }, world);
  await runWorkflows();
  await reconcile();
});

/** What no JobManager may change. */
const describeOthers = async () => {
  const { conditions: _conditions, ...cluster } = (await getCluster(other)) ?? {};
  return { cluster, jobs: await listRecordedJobs(other), operations: listOperations() };
};

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const status = (code: number, reason: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  code,
  reason,
  message: 'canary-secret',
});

describe('a hostile JobManager', () => {
  it.each<readonly [what: string, listen: RequestListener]>([
    ['an answer of 120 MB', streaming(120_000_000)],
    ['an answer without an end', streaming(Number.MAX_SAFE_INTEGER)],
    ['JSON of 100,000 levels', saying(`{"jobs":${deep(100_000)}}`)],
    ['JSON of 101 levels', saying(`{"jobs":${deep(100)}}`)],
    ['no JSON', saying('{"jobs":')],
    ['text', saying('OK', 200, { 'content-type': 'text/plain' })],
    ['nothing', saying('')],
    ['null', saying('null')],
    ['a list', saying('[]')],
    ['jobs that are no list', saying({ jobs: { length: 1, 0: job() } })],
    ['jobs with __proto__', saying(`{"jobs":[{"__proto__":${JSON.stringify(job())}}]}`)],
    ['a time of 1e300', saying(`{"jobs":[${JSON.stringify(job()).replace('"start-time":1', '"start-time":1e300')}]}`)],
    ['a time after the year 275760', listing(job({ 'start-time': 8_640_000_000_000_001 }))],
    ['a time before 1970', listing(job({ 'start-time': -2 }))],
    ['a time in text', listing(job({ 'end-time': '1' }))],
    ['a fraction of a time', listing(job({ 'end-time': 1.5 }))],
    ['a state that Flink does not have', listing(job({ state: 'STOLEN' }))],
    [
      'a number of tasks out of range',
      saying(`{"jobs":[${JSON.stringify(job()).replace('"total":1', '"total":1e300')}]}`),
    ],
    ['a name that is no text', listing(job({ name: { toString: 'x' } }))],
    ['a redirect to another host', saying('', 302, { location: 'http://169.254.169.254/latest/meta-data/' })],
    ['a redirect to itself', saying('', 307, { location: '/v1/jobs/overview' })],
    ['a Status of the API server: NotFound', saying(status(404, 'NotFound'), 404)],
    ['a Status of the API server: Forbidden', saying(status(403, 'Forbidden'), 403)],
    ['a Status of the API server: Unauthorized', saying(status(401, 'Unauthorized'), 401)],
    [
      'a Status of the API server: TooManyRequests',
      saying(status(429, 'TooManyRequests'), 429, { 'retry-after': '1e9' }),
    ],
    ['a Status of the API server: Invalid', saying(status(422, 'Invalid'), 422)],
    ['a Status of the API server: Conflict', saying(status(409, 'Conflict'), 409)],
    ['a Status of the API server in a success', saying(status(200, 'Success'))],
    ['an exception with a secret', saying({ errors: ['java.lang.X: password=canary-secret\n at a.b(c)'] }, 500)],
    ['a broken connection', (request) => request.socket.destroy()],
    [
      'a broken answer',
      (request, response) => (response.write('{"jobs":'), setTimeout(() => request.socket.destroy(), 20)),
    ],
    ['a wrong length', saying('{"jobs":[]}', 200, { 'content-length': '5' })],
    ['compressed bytes', saying('\u001f\u008b', 200, { 'content-encoding': 'gzip' })],
  ])('that sends %s affects only its own cluster', async (_what, listen) => {
    const before = await describeOthers();
    await attack(listen);
    getFlink(other).setState([...getFlink(other).jobs.keys()][0] ?? '', 'FINISHED');

    await reconcile();

    expect(requests.length).toBeGreaterThan(0);
    expect(written).toBeLessThan(60_000_000);
    const cluster = await getCluster(hostile);
    expect(cluster?.state).toBe('RUNNING');
    expect(cluster?.conditions.find(({ type }) => type === 'Reachable')?.status).toBe('Unknown');
    expect(JSON.stringify([cluster, listOperations()])).not.toContain('canary-secret');
    expect(await listRecordedJobs(hostile)).toEqual([]);
    expect((await listRecordedJobs(other)).map(({ state }) => state)).toEqual(['FINISHED']);
    expect((await describeOthers()).operations).toEqual(before.operations);
    expect((await getCluster(other))?.conditions.find(({ type }) => type === 'Reachable')?.status).toBe('True');
    expect(requests.every((request) => request.includes(`/services/${hostile}-rest:rest/proxy/v1/`))).toBe(true);
  });

  it.each<readonly [what: string, jobs: readonly object[], recorded: readonly object[]]>([
    ['with control characters and directions', [job({ name: 'a\u001b]52;c;x\u0007\u202eb' })], [{ state: 'RUNNING' }]],
    ['of 1 MB', [job({ name: 'x'.repeat(1_000_000) })], [{ name: expect.stringMatching(/^x{900,999}/) }]],
    ['that looks like a path', [job({ name: '../../../etc/passwd' })], [{ name: '../../../etc/passwd' }]],
  ])('may give a job a name %s', async (_what, jobs, recorded) => {
    await attack(listing(...jobs));

    await reconcile();

    const written = await listRecordedJobs(hostile);
    expect(written).toMatchObject(recorded);
    expect(written[0]?.name.length).toBeLessThanOrEqual(1_001);
  });

  it.each([
    '../../../../v1/namespaces/flink/secrets',
    'a/b',
    '..%2f..',
    'A'.repeat(32),
    `${id}?x`,
    `${id}/../x`,
    '',
    '__proto__',
    'x'.repeat(1_000_000),
  ])('cannot give a job an ID that Flink does not give (%#)', async (jid) => {
    await attack(listing(job({ jid, state: 'FAILED', 'end-time': 5 })));

    await reconcile();

    expect(await listRecordedJobs(hostile)).toEqual([]);
    expect(requests).toEqual([`GET /api/v1/namespaces/flink/services/${hostile}-rest:rest/proxy/v1/jobs/overview`]);
  });

  it('cannot decide about the operations and jobs of others by their IDs', async () => {
    const before = await describeOthers();
    const ids = [...before.operations.map(({ operationId }) => operationId), ...before.jobs.map(({ jobId }) => jobId)];
    await attack((request, response) =>
      answer(
        response,
        request.url?.endsWith('/exceptions') === true
          ? { exceptionHistory: { entries: [] } }
          : { jobs: ids.map((jid) => job({ jid, state: 'FAILED', 'end-time': 5 })) },
      ),
    );

    await reconcile();

    expect(await describeOthers()).toEqual(before);
    expect((await listRecordedJobs(hostile)).every(({ operationId }) => operationId === undefined)).toBe(true);
  });

  it('cannot make Drey ask and write without a limit: 10,000 new jobs in each answer', async () => {
    let round = 0;
    await attack((request, response) => {
      if (request.url?.endsWith('/jobs/overview') !== true)
        return answer(response, { exceptionHistory: { entries: [] } });
      round += 1;
      const jids = Array.from({ length: 10_000 }, (_, index) =>
        (round * 10_000 + index).toString(16).padStart(32, '0'),
      );
      return answer(response, { jobs: jids.map((jid) => job({ jid, state: 'FAILED', 'end-time': 5 })) });
    });

    await reconcile();
    expect(requests.length).toBeLessThanOrEqual(201);
    expect((await listRecordedJobs(hostile)).length).toBe(200);
  });

  it('gets all of its jobs recorded, those that run first', async () => {
    const jids = Array.from({ length: 300 }, (_, index) => index.toString(16).padStart(32, '0'));
    await attack((request, response) =>
      answer(
        response,
        request.url?.endsWith('/exceptions') === true
          ? { exceptionHistory: { entries: [] } }
          : {
              jobs: jids.map((jid, index) => job({ jid, ...(index < 250 ? { state: 'FAILED', 'end-time': 5 } : {}) })),
            },
      ),
    );

    await reconcile();
    const first = await listRecordedJobs(hostile);
    await reconcile();

    expect(first.filter(({ state }) => state === 'RUNNING')).toHaveLength(50);
    expect(await listRecordedJobs(hostile)).toHaveLength(300);
  });

  it('cannot put a secret into the records of its failed jobs', async () => {
    const stacktrace = `java.lang.Error: password=canary-secret s3://u:canary-secret@b ${'x'.repeat(900_000)}`;
    await attack((request, response) =>
      answer(
        response,
        request.url?.endsWith('/exceptions') === true
          ? { exceptionHistory: { entries: [{ exceptionName: 'java.lang.Error', stacktrace }] } }
          : { jobs: [job({ state: 'FAILED', 'end-time': 5 })] },
      ),
    );

    await reconcile();

    const [failed] = await listRecordedJobs(hostile);
    expect(failed?.state).toBe('FAILED');
    expect(failed?.message?.length ?? 0).toBeLessThan(10_000);
    expect(JSON.stringify(failed)).not.toContain('canary-secret');
  });

  it('cannot hide a failure by an exception of many megabytes', async () => {
    const stacktrace = `java.lang.Error: ${'x'.repeat(2_000_000)}`;
    await attack((request, response) =>
      answer(
        response,
        request.url?.endsWith('/exceptions') === true
          ? { exceptionHistory: { entries: [{ exceptionName: 'java.lang.Error', stacktrace }] } }
          : { jobs: [job({ state: 'FAILED', 'end-time': 5 })] },
      ),
    );

    await reconcile();

    expect(await listRecordedJobs(hostile)).toMatchObject([
      { state: 'FAILED', message: expect.stringContaining('more than 1 MB') as string },
    ]);
  });
});
