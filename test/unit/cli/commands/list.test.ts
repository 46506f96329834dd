import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { cluster, job, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const jobId = job().jobId;
const run = (replies: Replies, words: readonly string[], input?: string | null) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, ...(input === undefined ? {} : { input }) });
};

const reachable = { type: 'Reachable', status: 'True', reason: 'Answered', message: 'Flink answered.' } as const;
const conditions = [{ ...reachable, since: '2026-11-23T22:10:16.000Z' }];

describe('list', () => {
  const jobs = { jobs: [job(), job({ jobId: 'f'.repeat(32), state: 'FINISHED', name: 'done' })], reachable: 'True' };

  it('prints the jobs of a cluster as Flink does', async () => {
    const ended = await run({ [`GET ${live}/jobs`]: { body: jobs } }, [
      'list',
      '--target',
      'kubernetes-session',
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(`23.11.2026 22:10:34 : ${jobId} : CarTopSpeedWindowingExample (RUNNING)\n`);
    expect(ended.stdout).not.toContain('done');
  });

  it.each([
    ['STOPPED', 'False', 'Cluster live is STOPPED. The list is its last known state.'],
    ['RUNNING', 'Unknown', 'Cluster live does not answer. The list is its last known state.'],
    ['QUEUED', 'Unknown', 'Cluster live is QUEUED. `drey queue list` shows the jobs that wait for it.'],
    ['DEPLOYING', 'Unknown', 'Cluster live is DEPLOYING. `drey queue list` shows the jobs that wait for it.'],
  ] as const)('says about the jobs of a cluster that is %s what they are', async (state, reachable, notice) => {
    const routes = {
      [`GET ${live}/jobs`]: { body: { ...jobs, reachable } },
      [`GET ${live}`]: { body: cluster({ state }) },
    };
    const ended = await run(routes, ['list', '-Dkubernetes.cluster-id=live']);

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(jobId),
      stderr: expect.stringContaining(notice),
    });
  });

  it('lists terminal clusters with -a', async () => {
    const over = [{ ...cluster({ clusterId: 'done', state: 'STOPPED' }), jobs: jobs.jobs }];

    const ended = await run({ [`GET ${clusters}`]: { body: { clusters: over } } }, ['list', '-a']);

    expect(ended.stdout).toMatch(/done.*STOPPED.*FINISHED.*RUNNING/s);
    expect(server.received.some(({ query }) => query.includes('STOPPED'))).toBe(true);
  });

  it('lists the clusters with a label, on every page', async () => {
    const pages = (query: string) => ({
      clusters: [cluster({ clusterId: query.includes('cursor=') ? 'second' : 'first' })],
      ...(query.includes('cursor=') ? {} : { cursor: 'c1' }),
    });
    const ended = await run({ [`GET ${clusters}`]: ({ query }) => ({ body: pages(query) }) }, [
      'list',
      '--label',
      'team=etl,stage=prod',
    ]);

    expect(ended.stdout).toMatch(/first.*second/s);
    const queries = server.received.flatMap(({ path, query }) => (path === clusters ? [query] : []));
    expect(queries).toHaveLength(2);
    for (const query of queries) expect(query).toContain('label=team%3Detl%2Cstage%3Dprod');
  });

  it('refuses a label beside a cluster', async () => {
    const ended = await run({}, ['list', '-Dkubernetes.cluster-id=live', '--label', 'team=etl']);

    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('--label selects clusters') });
  });

  it("reports a missing cluster in Flink's words", async () => {
    const ended = await run({}, ['list', '-Dkubernetes.cluster-id=nowhere']);

    expect(ended).toMatchObject({
      code: 1,
      stdout: 'Waiting for response...\n',
      stderr: expect.stringContaining('Could not get the rest endpoint of nowhere\n'),
    });
  });

  it('shows the clusters of the target with their live jobs, by one request a page', async () => {
    const pages = [
      { body: { clusters: [{ ...cluster({ conditions }), jobs: jobs.jobs }], cursor: 'next' } },
      { body: { clusters: [{ ...cluster({ clusterId: 'other', state: 'DEPLOYING' }), jobs: [] }] } },
    ];

    const ended = await run({ [`GET ${clusters}`]: () => pages.shift()! }, ['list']);

    expect(ended.code).toBe(0);
    expect(ended.stdout.split('\n')).toEqual([
      'CLUSTER / JOB                       STATE      CREATED              IMAGE / NAME',
      'live                                RUNNING    23.11.2026 22:10:16  flink:2.2',
      `  ${jobId}  RUNNING    23.11.2026 22:10:34  CarTopSpeedWindowingExample`,
      'other                               DEPLOYING  23.11.2026 22:10:16  flink:2.2',
      '',
    ]);
    expect(server.calls()).toEqual(['GET /v1/targets', `GET ${clusters}`, `GET ${clusters}`]);
    expect(server.received.every(({ path, query }) => path !== clusters || query.includes('jobs=true'))).toBe(true);
  });

  it('marks a running cluster that did not answer', async () => {
    const silent = [{ ...reachable, status: 'Unknown' as const, since: '2026-11-23T22:10:16.000Z' }];

    const ended = await run(
      { [`GET ${clusters}`]: { body: { clusters: [{ ...cluster({ conditions: silent }), jobs: [] }] } } },
      ['list'],
    );

    expect(ended.stdout).toMatch(/live +RUNNING \(does not answer\)/);
  });

  it('reads the jobs that the list of clusters lacks', async () => {
    const body = { clusters: [{ ...cluster(), jobs: [], hasMoreJobs: true }] };

    const ended = await run({ [`GET ${clusters}`]: { body }, [`GET ${live}/jobs`]: { body: jobs } }, [
      'list',
      '--output',
      'json',
    ]);

    expect(JSON.parse(ended.stdout)).toEqual({
      clusters: [{ cluster: cluster(), jobs: [job()], reachable: 'True' }],
    });
  });

  it('lists a cluster whose jobs cannot be read', async () => {
    const ended = await run(
      {
        [`GET ${clusters}`]: { body: { clusters: [{ ...cluster(), jobs: [], hasMoreJobs: true }] } },
        [`GET ${live}/jobs`]: problem('target-refused', 502, 'not allowed'),
      },
      ['list'],
    );

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('live'),
      stderr: 'The jobs of cluster live cannot be read. not allowed\n',
    });
  });

  it('names clusters whose records the API cannot read', async () => {
    const body = { clusters: [], unreadable: ['etl'] };

    const ended = await run({ [`GET ${clusters}`]: { body } }, ['list']);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('cluster etl in target local') });

    const asJson = await run({ [`GET ${clusters}`]: { body } }, ['list', '--output', 'json']);
    expect(JSON.parse(asJson.stdout)).toEqual(body);
  });

  it('prints only JSON with --output json', async () => {
    const ended = await run({ [`GET ${live}/jobs`]: { body: jobs } }, [
      'list',
      '--output',
      'json',
      '-Dkubernetes.cluster-id=live',
    ]);

    expect(JSON.parse(ended.stdout)).toEqual({ jobs: [job()], reachable: 'True' });
  });
});
