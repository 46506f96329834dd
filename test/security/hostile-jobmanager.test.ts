import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';

import { drey } from '../support/cli.ts';
import { callRaw } from '../support/raw-calls.ts';
import { reportedJob } from '../support/reported-jobs.ts';
import {
  call,
  clusterPath,
  freshId,
  kubectl,
  listTransitions,
  small,
  startCluster,
  stop,
  system,
  until,
  untilJobRuns,
  untilState,
} from '../support/system.ts';

/** A session whose REST service leads to a program of a tenant, and an application beside it. */
const [hostile, neighbor] = [freshId('hostile'), freshId('neighbor')];
const { namespace } = system;
const restService = `/api/v1/namespaces/${namespace}/services/${hostile}-rest:rest/proxy`;

/** What the JobManager answers to each request: `prefix`, `text` so many times (-1: without an end), `suffix`. */
interface HostileAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly prefix?: string;
  readonly text?: string;
  readonly repeat?: number;
  readonly suffix?: string;
  readonly headerBytes?: number;
  /** A job, and how often the answer lists it with another ID. */
  readonly job?: object;
  readonly jobs?: number;
}

const attack = async (answer: HostileAnswer): Promise<void> => {
  await kubectl('get', '--raw', `${restService}/attack/${Buffer.from(JSON.stringify(answer)).toString('base64url')}`);
};

const startHostilePod = async (): Promise<void> => {
  const script = await readFile(new URL('../support/hostile_jobmanager.py', import.meta.url), 'utf8');
  const container = { name: 'jobmanager', image: 'flink:2.2-python', command: ['python', '-c', script] };
  const overrides = { spec: { containers: [container], terminationGracePeriodSeconds: 0 } };
  const labels = `--labels=drey.test/hostile=${hostile}`;
  const words = ['run', hostile, '-n', namespace, '--image=flink:2.2-python', '--restart=Never', labels];
  await kubectl(...words, `--overrides=${JSON.stringify(overrides)}`);
  const patch = [{ op: 'replace', path: '/spec/selector', value: { 'drey.test/hostile': hostile } }];
  await kubectl('patch', 'service', `${hostile}-rest`, '-n', namespace, '--type=json', '-p', JSON.stringify(patch));
  await until(
    () =>
      attack({ prefix: '{"jobs":[]}' }).then(
        () => true,
        () => false,
      ),
    (isUp) => isUp,
  );
};

let job = '';
beforeAll(async () => {
  const jar = 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar';
  await Promise.all([
    startCluster({ mode: 'session', clusterId: hostile, config: small }),
    startCluster({ mode: 'application', clusterId: neighbor, config: small, job: { jar } }),
  ]);
  await untilState(hostile, 'RUNNING');
  await startHostilePod();
  job = (await untilJobRuns(neighbor))?.jobId ?? '';
});
afterAll(async () => {
  await kubectl('delete', 'pod', hostile, '-n', namespace, '--wait=false');
  await Promise.all([stop(hostile), stop(neighbor)]);
  await Promise.all([untilState(hostile, 'STOPPED'), untilState(neighbor, 'STOPPED')]);
});

const observe = () =>
  call<{ jobs?: { jobId: string; name: string }[]; code?: string }>('GET', `${clusterPath(hostile)}/jobs`);
const describeNeighbor = async () => {
  const { body: cluster } = await call<Cluster>('GET', clusterPath(neighbor));
  const { body } = await call<{ jobs: object[] }>('GET', `${clusterPath(neighbor)}/jobs`);
  const { state, operationId, uid } = cluster;
  return { state, operationId, uid, jobs: body.jobs, transitions: (await listTransitions(neighbor)).length };
};

const listing = (...jobs: readonly object[]): HostileAnswer => ({ prefix: JSON.stringify({ jobs }) });
const number = (name: string, value: string): HostileAnswer => ({
  prefix: `{"jobs":[${JSON.stringify(reportedJob({ [name]: '?' })).replace('"?"', value)}]}`,
});
const status = (code: number, reason: string): HostileAnswer => ({
  status: code,
  prefix: JSON.stringify({ kind: 'Status', apiVersion: 'v1', code, reason, message: 'canary-secret' }),
});
const controls = 'a\u001b]52;c;eA==\u0007\u001b[2J\r\u009b31m\u202egro\u2066\nb';
/** Control characters but line feeds, and characters that change the direction of text. */
const unprintable = /(?!\n)[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const unreadable: readonly (readonly [what: string, answer: HostileAnswer])[] = [
  ['120 MB', { prefix: '{"jobs":[', text: ' '.repeat(1_000), repeat: 120_000, suffix: ']}' }],
  ['an answer without an end', { prefix: '{"jobs":["', text: 'x'.repeat(1_000), repeat: -1 }],
  ['JSON of 100,000 levels', { prefix: '{"jobs":', text: '['.repeat(1_000), repeat: 100 }],
  ['headers without an end', { headerBytes: 2_000_000, prefix: '{"jobs":' }],
  ['no JSON', { prefix: '{"jobs":' }],
  ['nothing', {}],
  ['null', { prefix: 'null' }],
  ['a page', { headers: { 'content-type': 'text/html' }, prefix: '<script>alert(1)</script>' }],
  ['jobs that are no list', { prefix: '{"jobs":{"length":1,"0":{}}}' }],
  ['jobs with __proto__', { prefix: `{"jobs":[{"__proto__":${JSON.stringify(reportedJob())}}]}` }],
  ['a time of 1e300', number('start-time', '1e300')],
  ['a time after the year 275760', number('start-time', '8640000000000001')],
  ['a state that Flink does not have', listing(reportedJob({ state: 'STOLEN' }))],
  ['a redirect to the metadata service', { status: 302, headers: { location: 'http://169.254.169.254/latest/' } }],
  [
    'a redirect to the neighbor',
    { status: 307, headers: { location: `${restService.replace(hostile, neighbor)}/v1/jobs` } },
  ],
  ['a redirect to Secrets', { status: 307, headers: { location: `/api/v1/namespaces/${namespace}/secrets` } }],
  ['a Status of the API server: NotFound', status(404, 'NotFound')],
  ['a Status of the API server: Unauthorized', status(401, 'Unauthorized')],
  [
    'a Status of the API server: TooManyRequests',
    { ...status(429, 'TooManyRequests'), headers: { 'retry-after': '1e9' } },
  ],
  ['an exception with a secret', { status: 500, prefix: '{"errors":["java.lang.X: password=canary-secret"]}' }],
];

describe('a hostile JobManager', () => {
  it.each(unreadable)('that sends %s is not reachable, and the neighbor is as before', async (_what, answer) => {
    const before = await describeNeighbor();
    await attack(answer);
    const { status: code, body } = await observe();
    const { body: cluster } = await call<Cluster>('GET', clusterPath(hostile));

    expect(code === 200 || [502, 503, 504].includes(code)).toBe(true);
    expect(body.jobs ?? []).toEqual([]);
    expect(cluster).toMatchObject({ state: 'RUNNING' });
    expect(cluster.conditions.find(({ type }) => type === 'Reachable')).toMatchObject({ status: 'Unknown' });
    expect(JSON.stringify([body, cluster])).not.toContain('canary-secret');
    expect(await describeNeighbor()).toEqual(before);
  });

  it.each([
    ['a path', '../../../../api/v1/namespaces/flink/secrets'],
    ['an encoded path', '..%2f..%2fsecrets'],
    ['a query', `${'a'.repeat(32)}?x`],
    ['a member of objects', '__proto__'],
    ['capital letters', 'A'.repeat(32)],
    ['nothing', ''],
  ])('cannot give a job %s as its ID', async (_what, jid) => {
    await attack(listing(reportedJob({ jid, state: 'FAILED', 'end-time': 5 })));

    expect((await observe()).body.jobs).toEqual([]);
  });

  it.each([
    ['the job of the neighbor', () => job],
    ['the deploy of the neighbor', async () => (await describeNeighbor()).operationId],
    ['its own deploy', async () => (await call<Cluster>('GET', clusterPath(hostile))).body.operationId],
  ])('cannot decide about %s by its ID', async (_what, findId) => {
    const jid = await findId();
    const path = `/v1/targets/${system.target}/operations/${jid}`;
    const [before, operation] = [await describeNeighbor(), await call('GET', path)];
    await attack(listing(reportedJob({ jid, state: 'FAILED', 'end-time': 5 })));
    await observe();

    expect(await describeNeighbor()).toEqual(before);
    expect((await call('GET', path)).body).toEqual(operation.body);
  });

  it('cannot write escape sequences to the terminal of who lists its jobs', async () => {
    await attack(listing(reportedJob({ jid: 'b'.repeat(32), name: controls })));
    await observe();
    const listed = await drey(['list', '-a', '-t', 'kubernetes-session', `-Dkubernetes.cluster-id=${hostile}`]);
    const events = await drey(['events', hostile]);

    for (const { stdout, stderr } of [listed, events]) expect(stdout + stderr).not.toMatch(unprintable);
    expect(listed.stdout).toContain('b'.repeat(32));
  });

  it('cannot write escape sequences by an error', async () => {
    await attack({ status: 500, prefix: JSON.stringify({ errors: [controls] }) });
    const listed = await drey(['list', '-a', '-t', 'kubernetes-session', `-Dkubernetes.cluster-id=${hostile}`]);

    expect(listed.stdout + listed.stderr).not.toMatch(unprintable);
  });

  it('cannot send names without a limit', async () => {
    const [prefix, suffix] = JSON.stringify({ jobs: [reportedJob({ jid: 'c'.repeat(32), name: '?' })] }).split('?');
    await attack({ prefix: prefix ?? '', text: 'x'.repeat(1_000), repeat: 1_000, suffix: suffix ?? '' });
    const { body } = await observe();

    expect(body.jobs?.find(({ jobId }) => jobId === 'c'.repeat(32))?.name.length).toBeLessThanOrEqual(1_001);
  });

  it('cannot fill the table with 10,000 jobs at once', async () => {
    await attack({ job: reportedJob(), jobs: 10_000 });
    const { body } = await observe();

    expect(body.jobs?.filter(({ jobId }) => jobId.startsWith('d')).length).toBeLessThanOrEqual(200);
  });
});

const readUi = (path: string, method = 'GET') => callRaw(method, `${clusterPath(hostile)}/flink/${path}`);
const page: HostileAnswer = {
  headers: {
    'content-type': 'text/html',
    'content-security-policy': 'default-src *',
    'set-cookie': 'a=b',
    location: 'https://evil.example.com',
  },
  prefix: '<script>reached</script>',
};

describe('the web UI of a hostile JobManager', () => {
  it('has no header of its own, and runs nothing in the origin of the API', async () => {
    await attack(page);
    const { status: code, headers, body } = await readUi('index.html');

    expect({ code, body }).toEqual({ code: 200, body: '<script>reached</script>' });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    for (const name of ['set-cookie', 'location']) expect(headers).not.toHaveProperty(name);
  });

  it('is a script or a text where the path says so, whatever it answers', async () => {
    await attack(page);

    expect((await readUi('main.js')).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await readUi('jobmanager/log')).headers['content-type']).toMatch(/^text\/plain/);
    expect(await readUi('jobs/overview')).toMatchObject({
      status: 502,
      body: expect.stringContaining('target-refused') as string,
    });
  });

  it.each([
    'jobs/../overview',
    '../logs',
    '..%2f..%2foverview',
    '%2e%2e/%2e%2e/overview',
    '%252e%252e/overview',
    `../../../services/${neighbor}-rest:rest/proxy/overview`,
    '/overview',
    'jobs//overview',
    'jobs%5coverview',
    'overview%00',
    'overview%0d%0aX:%20y',
    'other.html',
    'jars/a.jar/run',
    `jobs/${'0'.repeat(32)}/yarn-cancel`,
    `jobs/${'0'.repeat(32)}/yarn-stop`,
  ])('is not reached by %s', async (path) => {
    await attack(page);
    const { status: code, body } = await readUi(path);

    expect([400, 403, 404]).toContain(code);
    expect(body).not.toContain('reached');
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])('is not reached by %s', async (method) => {
    await attack(page);
    const { status: code, body } = await readUi('overview', method);

    expect([403, 404, 405]).toContain(code);
    expect(body).not.toContain('reached');
  });

  it.each([
    ['120 MB', { text: ' '.repeat(1_000), repeat: 120_000 }, 'answer-too-large'],
    [
      'a redirect to Secrets',
      { status: 307, headers: { location: `/api/v1/namespaces/${namespace}/secrets` } },
      'target-refused',
    ],
    [
      'an exception with a secret',
      { status: 400, prefix: '{"errors":["java.lang.X: password=canary-secret"]}' },
      'target-refused',
    ],
  ])('that answers with %s gives a problem', async (_what, answer, code) => {
    await attack(answer);
    const { body } = await readUi('jobmanager/log');

    expect(JSON.parse(body)).toMatchObject({ code });
    expect(body).not.toContain('canary-secret');
  });

  it('tells no secret of its configuration', async () => {
    await attack({ prefix: JSON.stringify([{ key: 's3.secret-key', value: 'canary-secret' }]) });

    expect((await readUi('jobmanager/config')).body).toBe('[{"key":"s3.secret-key","value":"******"}]');
  });
});
