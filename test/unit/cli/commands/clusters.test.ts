import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, job, oneTarget, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const app = `${clusters}/app`;
const run = (replies: Replies, words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, env });
};
const application = (more: Partial<Cluster> = {}) => cluster({ clusterId: 'app', mode: 'application', ...more });

describe('an application cluster', () => {
  const there = ['--target', 'kubernetes-application', '-Dkubernetes.cluster-id=app'];
  const { jobId } = job();

  it('lists its jobs', async () => {
    const jobs = { body: { jobs: [job({ clusterId: 'app' })], reachable: 'True' } };

    const ended = await run({ [`GET ${app}/jobs`]: jobs }, ['list', ...there]);

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`${jobId} : CarTopSpeed`) });
  });

  it('lets its job be canceled', async () => {
    const ended = await run({ [`POST ${app}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId }) }, [
      'cancel',
      ...there,
      jobId,
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: `Cancelling job ${jobId}.\nCancelled job ${jobId}.\n` });
  });

  it('is shown with its mode and how it ended', async () => {
    const all = { body: { clusters: [cluster(), application({ state: 'FINISHED' })] } };

    const ended = await run({ [`GET ${clusters}`]: all }, ['clusters', '--all', '--mode', 'application']);

    expect(ended.stdout.split('\n')).toEqual([
      'CLUSTER  MODE         STATE     CREATED              EXPIRES  IMAGE      REASON',
      'app      application  FINISHED  23.11.2026 22:10:16           flink:2.2',
      '',
    ]);
  });

  it('is named when the API cannot read its record', async () => {
    const ended = await run({ [`GET ${clusters}`]: { body: { clusters: [], unreadable: ['app'] } } }, ['clusters']);

    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('cluster app in target local') });
  });

  it.each([
    [[], 'no live cluster.'],
    [['--all'], 'no cluster.'],
    [['--label', 'team=etl'], 'no live cluster with label team=etl.'],
    [['--mode', 'application', '--label', 'team=etl'], 'no live application with label team=etl.'],
    [['--state', 'FAILED,CANCELED', '--mode', 'session'], 'no session in state FAILED or CANCELED.'],
  ])('is missing among the clusters of %j', async (words, text) => {
    const ended = await run({ [`GET ${clusters}`]: { body: { clusters: [] } } }, ['clusters', ...words]);

    expect(ended).toMatchObject({ code: 0, stdout: `Target local has ${text}\n` });
  });

  it('is not of another mode', async () => {
    expect(await run({}, ['clusters', '--mode', 'per-job'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('--mode must be session or application, not "per-job".'),
    });
  });

  it('is called by its name when it is stopped', async () => {
    server.answer({
      'GET /v1/targets': oneTarget,
      [`GET ${app}`]: { body: application() },
      [`POST ${app}/stop`]: accepted({ kind: 'stop', clusterId: 'app' }),
    });

    const words = ['kubernetes-session', '-Dkubernetes.cluster-id=app', '-Dexecution.attached=true'];
    const ended = await drey(words, { api: server.url, input: 'stop\n' });

    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Stopped application cluster app.\n') });
  });
});
