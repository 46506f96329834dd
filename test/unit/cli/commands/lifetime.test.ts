import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Cluster } from '#events/cluster.ts';
import type { Operation } from '#events/operation.ts';
import type { Schedule } from '#events/schedules.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { type Replies, startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

let server: Awaited<ReturnType<typeof startLoopbackApi>>;
beforeAll(async () => {
  server = await startLoopbackApi();
});
afterAll(() => server[Symbol.asyncDispose]());

const targets = { 'GET /v1/targets': { body: { targets: [{ name: 'local' }] } } };
const run = (replies: Replies, words: readonly string[], input = '') => {
  server.answer({ ...targets, ...replies });
  return drey(words, { api: server.url, input });
};
const bodyOf = (route: string) => server.received.findLast(({ method, path }) => `${method} ${path}` === route)?.json;

const id = 'a'.repeat(32);
const time = '2026-11-24T12:00:00.000Z';
const clusters = '/v1/targets/local/clusters';
const operation: Operation = {
  operationId: id,
  kind: 'deploy',
  target: 'local',
  clusterId: 'etl',
  state: 'SUCCEEDED',
  origin: 'http',
  createdAt: time,
  updatedAt: time,
  deadline: time,
};
const cluster: Cluster = {
  target: 'local',
  clusterId: 'etl',
  mode: 'session',
  state: 'RUNNING',
  namespace: 'flink',
  image: 'flink:2.2',
  labels: {},
  conditions: [],
  sequence: 3,
  operationId: id,
  lifetime: {
    version: 2,
    ttl: '4h',
    endsAt: '2026-11-24T16:00:00.000Z',
    idleAfter: '2h',
    savepoint: 'best-effort',
    ha: 'keep',
    warnBefore: '10min',
  },
  createdAt: time,
  updatedAt: time,
};
const deploys = {
  [`POST ${clusters}`]: { status: 202, body: { operation, cluster } },
  [`GET ${clusters}/etl`]: { body: cluster },
};
const session = ['kubernetes-session', '-Dkubernetes.cluster-id=etl', '--no-wait'];
const notThere = { ...deploys, [`GET ${clusters}/etl`]: { body: { ...cluster, state: 'STOPPED' } } };

describe('lifetimes on the command line', () => {
  it.each([
    [{}, /^Lifetime: +version 2$/m],
    [{ warnedVersion: 1 }, /^Lifetime: +version 2$/m],
    [{ warnedVersion: 2 }, /^Lifetime: +version 2, warning sent$/m],
  ])('shows which one holds, and whether its end was told: %j', async (change, expected) => {
    const known = { ...cluster, lifetime: { ...cluster.lifetime!, ...change } };
    const replies = {
      [`GET ${clusters}/etl`]: { body: known },
      [`GET ${clusters}/etl/jobs`]: { body: { jobs: [], reachable: 'True' } },
      [`GET ${clusters}/etl/events`]: { body: { transitions: [], last: 0 } },
    };

    expect((await run(replies, ['describe', 'etl'])).stdout).toMatch(expected);
  });

  it('go with the deploy, and not into the configuration of Flink', async () => {
    const { code } = await run(notThere, [...session, '-Ddrey.lifetime.ttl=8h', '-Ddrey.lifetime.idle-after=2h']);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${clusters}`)).toMatchObject({ lifetime: { ttl: '8h', idleAfter: '2h' }, config: {} });
  });

  it('are refused where they are none', async () => {
    const { code, stdout } = await run({}, [...session, '-Ddrey.lifetime.tll=8h']);

    expect(code).toBe(1);
    expect(stdout).toContain('There is no option -Ddrey.lifetime.tll. The options of Drey are ');
  });

  it('are extended', async () => {
    const path = `${clusters}/etl/extend`;
    const extendedBy = { ...operation, kind: 'extend' as const };
    const { code, stdout } = await run({ [`POST ${path}`]: { body: { operation: extendedBy, cluster } } }, [
      'extend',
      'etl',
      '--ttl',
      '4h',
      '--warn-before',
      '5min',
    ]);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${path}`)).toEqual({ ttl: '4h', warnBefore: '5min' });
    expect(stdout).toMatch(
      /^Cluster etl expires: 24\.11\.2026 \d\d:00:00, after 2h without jobs \(savepoint: best-effort\)\.$/m,
    );
  });

  it('are not extended by nothing', async () => {
    expect(await run({}, ['extend', 'etl'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Nothing to change'),
    });
  });
});

describe('drey deploy', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'drey-')), 'cluster.yaml');
  writeFileSync(file, 'mode: session\nclusterId: etl\nlifetime: { ttl: 8h }\n');

  it('deploys what a file says', async () => {
    const { code, stdout } = await run(deploys, ['deploy', '-f', file]);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${clusters}`)).toEqual({ mode: 'session', clusterId: 'etl', lifetime: { ttl: '8h' } });
    expect(stdout).toContain('Create flink session cluster etl successfully');
  });

  it('deploys a stored spec, under another id if asked', async () => {
    const spec = { name: 'office', target: 'local', updatedAt: time, deploy: { mode: 'session', clusterId: 'office' } };
    const words = ['deploy', '--spec', 'office', '--no-wait', '-Dkubernetes.cluster-id=etl'];
    const { code } = await run({ ...deploys, 'GET /v1/targets/local/specs/office': { body: spec } }, words);

    expect(code).toBe(0);
    expect(bodyOf(`POST ${clusters}`)).toEqual({ mode: 'session', clusterId: 'etl' });
  });

  it('starts the program of a file from where a cluster ended', async () => {
    const application = join(mkdtempSync(join(tmpdir(), 'drey-')), 'application.yaml');
    writeFileSync(application, 'mode: application\nclusterId: etl\njob: { jar: local:///a.jar }\n');

    await run(deploys, ['deploy', '-f', application, '-Ddrey.restore.from-cluster=etl']);

    expect(bodyOf(`POST ${clusters}`)).toMatchObject({
      job: { jar: 'local:///a.jar', restore: { fromCluster: 'etl', latest: true } },
    });
  });

  it('starts the jobs again that the session of a file was stopped with', async () => {
    const session = join(mkdtempSync(join(tmpdir(), 'drey-')), 'session.yaml');
    writeFileSync(session, 'mode: session\nclusterId: etl\nrestore: { fromCluster: etl, allowEmptyState: true }\n');

    await run(deploys, ['deploy', '-f', session, '-Ddrey.restore.from-cluster=other']);

    expect(bodyOf(`POST ${clusters}`)).toMatchObject({
      restore: { fromCluster: 'other', latest: true, allowEmptyState: true },
    });
  });

  it('puts what the command line says over it', async () => {
    const options = [
      '-Dtaskmanager.numberOfTaskSlots=9',
      '-Ddrey.lifetime.idle-after=1h',
      '-Ddrey.team=etl',
      '-Ddrey.priority=5',
    ];

    await run(deploys, ['deploy', '-f', file, ...options]);

    expect(bodyOf(`POST ${clusters}`)).toEqual({
      mode: 'session',
      clusterId: 'etl',
      config: { 'taskmanager.numberOfTaskSlots': '9' },
      lifetime: { ttl: '8h', idleAfter: '1h' },
      labels: { team: 'etl' },
      priority: 5,
    });
  });

  it.each([[[]], [['-f', file, '--spec', 'office']]])('wants one thing to deploy, not %j', async (words) => {
    expect(await run({}, ['deploy', ...words])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Specify what to deploy'),
    });
  });
});

describe('drey spec', () => {
  const path = '/v1/targets/local/specs';
  const spec = { name: 'office', target: 'local', updatedAt: time, deploy: { mode: 'session', clusterId: 'office' } };

  it('stores, shows, lists and removes', async () => {
    const put = await run(
      { [`PUT ${path}/office`]: { body: spec } },
      ['spec', 'put', 'office', '-'],
      'mode: session\n',
    );
    expect(put.stdout).toContain('Spec office stored.');
    expect(bodyOf(`PUT ${path}/office`)).toEqual({ mode: 'session' });
    const got = await run({ [`GET ${path}/office`]: { body: spec } }, ['spec', 'get', 'office']);
    expect(got.stdout).toBe('mode: session\nclusterId: office\n');
    const list = await run({ [`GET ${path}`]: { body: { specs: [spec] } } }, ['spec', 'list']);
    expect(list.stdout).toMatch(/office +24\.11\.2026/);
    const removed = await run({ [`DELETE ${path}/office`]: { body: { name: 'office' } } }, [
      'spec',
      'delete',
      'office',
    ]);
    expect(removed.stdout).toBe('Spec office deleted.\n');
  });
});

describe('drey schedule', () => {
  const path = '/v1/targets/local/schedules';
  const schedule: Schedule = {
    name: 'evening',
    target: 'local',
    revision: id,
    updatedAt: time,
    definition: {
      action: 'stop',
      expression: 'cron(0 20 ? * MON-FRI *)',
      timezone: 'Europe/Berlin',
      enabled: true,
      selector: { labels: { team: 'etl' }, mode: 'session' },
      savepoint: 'best-effort',
      ha: 'keep',
    },
  };
  const every = ['--every', 'cron(0 20 ? * MON-FRI *)'];

  it('is put as options say', async () => {
    const options = ['--timezone', 'Europe/Berlin', '--stop', '--mode', 'session', '--label', 'team=etl'];
    const { stdout } = await run({ [`PUT ${path}/evening`]: { body: schedule } }, [
      'schedule',
      'put',
      'evening',
      ...every,
      ...options,
      '--savepoint',
      'best-effort',
    ]);

    expect(bodyOf(`PUT ${path}/evening`)).toEqual({
      action: 'stop',
      expression: 'cron(0 20 ? * MON-FRI *)',
      timezone: 'Europe/Berlin',
      selector: { labels: { team: 'etl' }, mode: 'session' },
      savepoint: 'best-effort',
    });
    expect(stdout).toContain('Schedule evening: stop sessions, team=etl (savepoint: best-effort, ha: keep), cron(0 20');
  });

  it.each([
    [['--stop'], 'Specify when the schedule runs'],
    [[...every], 'Specify what the schedule does'],
    [[...every, '--stop'], 'Specify the clusters to stop'],
    [[...every, '--stop', '--label', 'etl'], 'A label must have the form key=value, not "etl".'],
    [
      [...every, '--deploy', 'office', '--label', 'team=etl', '--savepoint-directory', 's3://b/s'],
      'A schedule that deploys a spec selects no clusters. Remove --label, --savepoint-directory.',
    ],
    [['evening.yaml', '--disabled'], 'The file defines the whole schedule. Remove --disabled.'],
  ])('is not put with %j', async (options, message) => {
    expect(await run({}, ['schedule', 'put', 'evening', ...options])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(message),
    });
  });

  it('is listed, described with its last runs, and removed', async () => {
    const results = [
      { clusterId: 'etl', operationId: id, state: 'SUCCEEDED' as const },
      { clusterId: 'new', code: 'not-ready', detail: 'wait until it is RUNNING' },
      { clusterId: 'old', operationId: id },
      { clusterId: 'next' },
    ];
    const ran = {
      runId: time,
      target: 'local',
      name: 'evening',
      action: 'stop',
      scheduledAt: time,
      startedAt: time,
      results,
    };
    const late = { ...ran, results: [], missed: 'more than an hour late' };
    const replies = {
      [`GET ${path}`]: { body: { schedules: [schedule] } },
      [`GET ${path}/evening`]: { body: schedule },
      [`GET ${path}/evening/runs`]: { body: { runs: [ran, late] } },
      [`DELETE ${path}/evening`]: { body: { name: 'evening' } },
    };

    expect((await run(replies, ['schedule', 'list'])).stdout).toMatch(
      /evening +cron.* +Europe\/Berlin +yes +stop sessions/,
    );
    const file = (await run(replies, ['schedule', 'get', 'evening'])).stdout;
    expect(file).toContain('expression: cron(');
    expect(file).not.toContain('revision');
    const described = (await run(replies, ['schedule', 'describe', 'evening'])).stdout;
    expect(described).toContain('cron(0 20 ? * MON-FRI *) in Europe/Berlin');
    expect(described).toMatch(/etl +SUCCEEDED +a{32}/);
    const listed = (await run(replies, ['schedule', 'runs', 'evening'])).stdout;
    expect(listed).toMatch(/new +refused +not-ready: wait/);
    expect(listed).toMatch(/old +accepted +a{32}/);
    expect(listed).toMatch(/next +pending/);
    expect(listed).toMatch(/- +missed +more than an hour late/);
    expect(listed).not.toContain('no clusters');
    expect((await run(replies, ['schedule', 'delete', 'evening'])).stdout).toBe('Schedule evening deleted.\n');
  });
});

describe('a session that starts jobs again', () => {
  const [one, other] = ['b'.repeat(32), 'c'.repeat(32)];
  const restored = (jobId: string, name: string) => ({ jobId, name, savepoint: `s3://b/${name}`, formerJobId: id });
  const restoredJobs = [restored(one, 'clicks'), restored(other, 'orders')];
  const submit = (jobId: string, fields: object = {}) => ({
    [`GET /v1/operations/${jobId}`]: { body: { ...operation, kind: 'submit', operationId: jobId, jobId, ...fields } },
  });
  const problem = { code: 'jar-refused', detail: 'it is no longer there', retryable: false };
  const deploying = {
    [`POST ${clusters}`]: { status: 202, body: { operation: { ...operation, restoredJobs }, cluster } },
  };
  const half = { ...notThere, ...deploying, ...submit(one), ...submit(other, { state: 'FAILED', problem }) };
  const words = ['kubernetes-session', '-Dkubernetes.cluster-id=etl', '-Ddrey.restore.from-cluster=etl'];

  it('tells each, with the reason of one that it does not', async () => {
    const { code, stdout, stderr } = await run(half, [...words, '-Ddrey.restore.allow-empty-state']);

    expect(bodyOf(`POST ${clusters}`)).toMatchObject({
      mode: 'session',
      restore: { fromCluster: 'etl', latest: true, allowEmptyState: true },
    });
    expect(stdout).toContain('Create flink session cluster etl successfully');
    expect(stdout).toContain(`Job clicks was restored as JobID ${one} from s3://b/clicks.`);
    expect(code).toBe(1);
    expect(stderr).toContain('Cluster etl is RUNNING, but some of its jobs were not restored.');
    expect(stderr).toContain(`orders (JobID ${other}): it is no longer there`);
  });

  it('does so by drey deploy, too, and in objects for programs', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drey-')), 'session.yaml');
    writeFileSync(file, 'mode: session\nclusterId: etl\nrestore: { fromCluster: etl }\n');

    const { code, stdout } = await run(half, ['deploy', '-f', file, '--output', 'json']);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ operation: { restoredJobs } });
  });

  it('does not take an API that does not answer for a job that was not started', async () => {
    const ended = await run(
      { ...half, [`GET /v1/operations/${one}`]: { status: 403, body: { message: 'Forbidden' } } },
      words,
    );

    expect(ended).toMatchObject({ code: 1, stderr: expect.not.stringContaining('not all of its jobs') });
  });

  it('takes the commands of whoever is attached meanwhile', async () => {
    const stops = {
      [`POST ${clusters}/etl/stop`]: { status: 202, body: { operation: { ...operation, kind: 'stop' } } },
    };

    const { stderr } = await run({ ...half, ...stops }, [...words, '-Dexecution.attached=true'], 'help\nstop\n');

    expect(stderr).toContain(`Job orders is being restored as JobID ${other} from s3://b/orders.`);
    expect(server.received.some(({ path }) => path === `${clusters}/etl/stop`)).toBe(true);
  });

  it('is followed by whoever asks for it again on its way up', async () => {
    const { stdout, stderr } = await run(
      {
        [`GET ${clusters}/etl`]: { body: { ...cluster, state: 'DEPLOYING' } },
        [`GET /v1/operations/${id}`]: { body: { ...operation, restoredJobs: restoredJobs.slice(0, 1) } },
        ...submit(one),
      },
      words,
    );

    expect(stdout).toContain('Job clicks was restored');
    expect(stderr).not.toContain('No job is restored');
  });

  it('is found as it is when it runs', async () => {
    const ended = await run({ [`GET ${clusters}/etl`]: { body: cluster } }, words);

    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('exists already. No job is restored.'),
    });
  });
});
