import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { Target } from '#events/records/target.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { cluster, job, oneTarget, operation, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const folder = useFolder();
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const jobId = job().jobId;
const run = (replies: Replies, words: readonly string[], input?: string | null) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, ...(input === undefined ? {} : { input }) });
};

const ada = 'arn:aws:iam::000000000000:user/ada';

describe('commands that read', () => {
  const transition = {
    id: 'x',
    target: 'local',
    clusterId: 'live',
    sequence: 1,
    labels: {},
    principal: ada,
    at: '2026-11-23T22:10:16.000Z',
    subject: 'cluster',
    from: null,
    to: 'REQUESTED',
  };
  const transitions = {
    ...transition,
    sequence: 2,
    principal: 'drey:reconcile',
    from: 'DEPLOYING',
    to: 'FAILED',
    reason: 'ImagePullBackOff',
    message: 'no such image',
  };

  it('describes a cluster', async () => {
    const condition = {
      type: 'Reachable' as const,
      status: 'True' as const,
      reason: 'Answered',
      message: '',
      since: '2026-11-23T22:10:16.000Z',
    };

    const ended = await run(
      {
        [`GET ${live}`]: { body: cluster({ conditions: [condition], labels: { team: 'etl' } }) },
        [`GET ${live}/jobs`]: { body: { jobs: [job({ restoredFrom: 's3://b/savepoint-1' })], reachable: 'True' } },
        [`GET ${live}/events`]: { body: { transitions: [transition, transitions], last: 2 } },
      },
      ['describe', 'live'],
    );

    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^Cluster: +live\n/);
    expect(ended.stdout).toMatch(/^Reachable: +True since 23.11.2026 22:10:16 \(Answered\)$/m);
    expect(ended.stdout).toContain(jobId);
    expect(ended.stdout).toContain('s3://b/savepoint-1');
    expect(ended.stdout).toContain('cluster: DEPLOYING → FAILED (ImagePullBackOff: no such image)');
  });

  it('shows the phase of a cluster that starts', async () => {
    const phase = 'Unschedulable: 0/1 nodes are available';
    const coming = cluster({ state: 'DEPLOYING' });

    const ended = await run(
      {
        [`GET ${live}`]: { body: coming },
        [`GET /v1/targets/local/operations/${coming.operationId}`]: { body: operation({ phase }) },
        [`GET ${live}/jobs`]: { body: { jobs: [], reachable: 'Unknown' } },
        [`GET ${live}/events`]: { body: { transitions: [], last: 0 } },
      },
      ['describe', 'live'],
    );

    expect(ended.stdout).toMatch(/Waiting for: +Unschedulable: 0\/1 nodes are available\n/);
  });

  it('shows events over pages', async () => {
    const ended = await run(
      {
        [`GET ${live}/events`]: ({ query }) => ({
          body: query.includes('after=0')
            ? { transitions: [transition, transitions], last: 2 }
            : { transitions: [], last: 2 },
        }),
      },
      ['events', 'live'],
    );

    expect(ended.stdout).toBe(
      `   1  23.11.2026 22:10:16  cluster: REQUESTED by ${ada}\n   2  23.11.2026 22:10:16  cluster: DEPLOYING → FAILED (ImagePullBackOff: no such image) by drey:reconcile\n`,
    );
  });

  it('shows logs', async () => {
    const ended = await run({ [`GET ${live}/logs`]: { body: { log: 'one\ntwo\n' } } }, [
      'logs',
      'live',
      '-n',
      '2',
      '--previous',
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: 'one\ntwo\n' });
    expect(server.received.at(-1)?.query).toBe('?lines=2&previous=true');
  });

  it('says on stderr whether a log is live or kept', async () => {
    const kept = { source: 'kept', pod: 'live-1', at: '2026-11-28T11:13:59.000Z', operationId: 'op', truncated: true };
    const options = ['--taskmanager', '2', '--since', '10m', '--grep', 'boom', '--kept'];
    const ended = await run({ [`GET ${live}/logs`]: { body: { ...kept, log: 'boom\n' } } }, [
      'logs',
      'live',
      ...options,
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: 'boom\n' });
    expect(ended.stderr).toMatch(
      /^Kept log of pod live-1 \(deploy op\), stored at \S+ \S+\. Older lines are left out\.\n$/,
    );
    expect(server.received.find(({ query }) => query.includes('grep'))?.query).toBe(
      '?component=taskmanager&number=2&kept=true&since=10m&grep=boom',
    );
    const now = await run({ [`GET ${live}/logs`]: { body: { log: '', source: 'live' } } }, ['logs', 'live']);
    expect(now).toMatchObject({ code: 0, stdout: '', stderr: 'Read live.\n' });
  });

  it('shows what the JobManager knew', async () => {
    const ended = await run(
      { [`GET ${live}/logs`]: { body: { log: '{"a":["b"]}', source: 'kept', operationId: 'op' } } },
      ['logs', 'live', '--exceptions'],
    );

    expect(ended).toMatchObject({ code: 0, stdout: '{\n  "a": [\n    "b"\n  ]\n}\n' });
    expect(server.received.at(-1)?.query).toBe('?file=exceptions');
    expect(ended.stderr).toBe('Kept file (deploy op).\n');
  });

  it('shows the log of a container by its number of restarts', async () => {
    const kept = { log: 'boom\n', source: 'kept', operationId: 'op' };
    const ended = await run({ [`GET ${live}/logs`]: { body: kept } }, ['logs', 'live', '--restart', '0']);

    expect(ended).toMatchObject({ code: 0, stdout: 'boom\n' });
    expect(server.received.at(-1)?.query).toBe('?restart=0');
  });

  it('lists the kept logs, and what is left out', async () => {
    const file = { name: 'a', kind: 'log', pod: 'live-1', restart: 0, bytes: 2_048, at: '2026-11-28T11:13:59.000Z' };
    const leftOut = [{ name: 'jobs.json.gz', reason: 'No JobManager was ready.' }];
    const incarnations = [{ operationId: 'op', revision: 3, at: file.at, files: [file], leftOut }];
    const ended = await run({ [`GET ${live}/kept-logs`]: { body: { incarnations } } }, ['logs', 'live', '--list']);
    const none = await run({ [`GET ${live}/kept-logs`]: { body: { incarnations: [] } } }, ['logs', 'live', '--list']);

    expect(ended.stdout).toMatch(/op +3 +\S+ \S+ +log +live-1 +0 +2\.0 KiB/);
    expect(ended.stderr).toContain('jobs.json.gz of deploy op is not kept: No JobManager was ready.');
    expect(none.stdout).toBe('No logs of cluster live are kept.\n');
  });

  it.each([
    [['-f', '--grep', 'a'], '--follow and --grep cannot be combined'],
    [['--list', '--kept'], '--list and --kept cannot be combined'],
    [['--exceptions', '--job-details'], '--exceptions and --job-details cannot be combined'],
    [['--since', '10m', '--exceptions', '--configuration'], '--exceptions and --configuration cannot be combined'],
    [['--job-details', '--grep', 'a'], '--job-details and --grep cannot be combined'],
    [['--exceptions', '--since', '10m'], '--exceptions and --since cannot be combined'],
    [['--exceptions', '--pod', 'a'], '--exceptions and --pod cannot be combined'],
    [['--exceptions', '--taskmanager', '1'], '--exceptions and --taskmanager cannot be combined'],
    [['--configuration', '-n', '5'], '--configuration and --lines cannot be combined'],
    [['--configuration', '--restart', '1'], '--configuration and --restart cannot be combined'],
    [['--job-details', '--previous'], '--job-details and --previous cannot be combined'],
    [['--list', '-n', '5'], '--list and --lines cannot be combined'],
    [['-f', '--list'], '--follow and --list cannot be combined'],
    [['--taskmanager', '1', '--pod', 'a'], '--taskmanager and --pod cannot be combined'],
    [['--previous', '--restart', '1'], '--previous and --restart cannot be combined'],
    [['--restart', 'one'], 'The number of restarts must be a number from 0 on: one'],
    [['--taskmanager', '0'], 'The number of the TaskManager must be a positive number'],
  ])('refuses logs %j', async (options, message) => {
    const ended = await run({}, ['logs', 'live', ...options]);

    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain(message);
  });

  it('says of the log of an ended cluster where its end is shown', async () => {
    const gone = problem(
      'wrong-state',
      409,
      'Cluster live in target local is FINISHED since 2026-11-28T11:13:59.000Z.',
    );
    const ended = await run({ [`GET ${live}/logs`]: gone }, ['logs', 'live']);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('is FINISHED since');
    expect(ended.stderr).toContain('Run `drey describe live` to see how it ended. `drey clusters --all` lists');
  });

  it('says that an operation belongs to one target when the target of the command has no such operation', async () => {
    const path = `/v1/targets/local/operations/${'1'.repeat(32)}`;
    const missing = problem('not-found', 404, `Target local has no operation ${'1'.repeat(32)}.`);

    const ended = await run({ [`GET ${path}`]: missing }, ['operation', '1'.repeat(32)]);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(`Target local has no operation ${'1'.repeat(32)}.`);
    expect(ended.stderr).toContain('An operation belongs to one target. Specify it with --at NAME');
  });

  it('reads an operation of the target that --at names', async () => {
    const ended = await run(
      {
        [`GET /v1/targets/other/operations/${'1'.repeat(32)}`]: {
          body: operation({ operationId: '1'.repeat(32), target: 'other' }),
        },
      },
      ['operation', '1'.repeat(32), '--at', 'other'],
    );

    expect(ended.stdout).toMatch(/Target: +other\n/);
  });

  it('shows an operation with its problem', async () => {
    const failed = problem('deployment-failed', 502, 'it did not come up');

    const ended = await run(
      {
        [`GET /v1/targets/local/operations/${'1'.repeat(32)}`]: {
          body: { ...operation({ state: 'FAILED' }), problem: failed.body },
        },
      },
      ['operation', '1'.repeat(32)],
    );

    expect(ended.stdout).toMatch(/Principal: +arn:aws:iam::000000000000:user\/ada\n[^]*State: +FAILED\n/);
    expect(ended.stdout).toContain('\nProblem: it did not come up\n');
  });

  it('lists the clusters in the given states', async () => {
    const ended = await run(
      { [`GET ${clusters}`]: { body: { clusters: [cluster({ state: 'FAILED', reason: 'OOMKilled' })] } } },
      ['clusters', '--all', '--label', 'a=b'],
    );

    expect(ended.stdout).toContain('OOMKilled');
    expect(server.received.at(-1)?.query).toBe(
      '?state=QUEUED%2CREQUESTED%2CDEPLOYING%2CRUNNING%2CUPGRADING%2CSUSPENDED%2CSTOPPING%2CSTOPPED%2CFINISHED%2CCANCELED%2CFAILED&label=a%3Db',
    );
  });

  it('shows targets', async () => {
    expect((await run({}, ['targets'])).stdout).toMatch(/^TARGET +EKS CLUSTER.*\nlocal +flink +us-east-1 +golden\n$/);
  });

  it('shows one as the file that makes it', async () => {
    expect((await run({}, ['targets', 'get', 'local'])).stdout).toContain('namespace: golden\n');
    const file = (await run({}, ['targets', 'describe', 'local'])).stdout;
    expect(Target.safeParse(parse(file)).error).toBeUndefined();
    expect(await run({}, ['targets', 'get', 'etl'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is no target etl.'),
    });
  });

  it('deletes a target, or reports its clusters', async () => {
    const there = problem('wrong-state', 409, 'target etl still has clusters my: stop the clusters, then try again');

    expect(
      await run({ 'DELETE /v1/targets/etl': { body: { name: 'etl' } } }, ['targets', 'delete', 'etl']),
    ).toMatchObject({ code: 0, stdout: 'Target etl deleted.\n' });
    expect(await run({ 'DELETE /v1/targets/etl': there }, ['targets', 'delete', 'etl'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/still has clusters my.*\n$/),
    });
    expect(await run({}, ['targets', 'delete'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('delete NAME'),
    });
  });

  it('shows what a target lacks, with each command once, and fails', async () => {
    const remedy = 'kubectl apply -n flink -f infra/kubernetes/rbac.yaml';
    const findings = [
      { check: 'aws-role', state: 'ok', detail: 'arn:aws:sts::1:assumed-role/drey/x' },
      { check: 'drey-kerberos', state: 'optional', detail: 'No keytabs.', remedy: 'kubectl apply optional' },
      { check: 'flink', state: 'missing', detail: 'Flink may not: create pods.', remedy },
      { check: 'quota', state: 'unknown', detail: 'Drey may not read it.', remedy },
    ];
    const replies = { 'GET /v1/targets/etl/check': { body: { name: 'etl', passed: false, findings } } };

    const ended = await run(replies, ['targets', 'check', 'etl']);
    const json = await run(replies, ['targets', 'check', 'etl', '--output', 'json']);

    expect(ended).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^CHECK +STATE +DETAIL\naws-role +ok .*\ndrey-kerberos +optional .*\nflink +missing .*\nquota +unknown .*\n\n# flink, quota\nkubectl apply -n flink -f infra\/kubernetes\/rbac\.yaml\n$/,
      ),
      stderr: expect.stringContaining('Target etl did not pass the check.'),
    });
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ passed: false, findings: { length: 4 } });
  });

  it('succeeds when a target passes its check', async () => {
    const findings = [{ check: 'quota', state: 'optional', detail: 'No quota.', remedy: 'kubectl apply' }];
    const replies = { 'GET /v1/targets/etl/check': { body: { name: 'etl', passed: true, findings } } };

    const ended = await run(replies, ['targets', 'check', 'etl']);

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('optional') });
    expect(ended.stdout).not.toContain('kubectl');
    expect(await run(replies, ['targets', 'check'])).toMatchObject({ code: 1 });
  });

  it('makes a target of a file', async () => {
    const file = join(folder, 'etl.yaml');
    await writeFile(file, 'cluster: flink\nregion: eu-central-1\nnamespace: etl\n');
    const target = { cluster: 'flink', region: 'eu-central-1', namespace: 'etl' };

    const ended = await run({ 'PUT /v1/targets/etl': { body: { name: 'etl', ...target } } }, [
      'targets',
      'put',
      'etl',
      file,
    ]);

    expect(ended).toMatchObject({
      code: 0,
      stdout: 'Target etl is EKS cluster flink in eu-central-1, namespace etl.\n',
    });
    expect(server.received.at(-1)?.json).toEqual(target);
  });
});
