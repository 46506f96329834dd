import { beforeEach, describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import type { FakeRescale } from '#test/fakes/flink-jobs.ts';
import { clusterId, clusterRef, getFlink, reconcile, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

const historySize = 'web.adaptive-scheduler.rescale-history.size';
const jobId = 'a'.repeat(32);
const start = async (config: Readonly<Record<string, string>> = { [historySize]: '10' }) => {
  await sendHttp('deploy', { clusterId, data: { mode: 'session', config, labels: { team: 'etl' } } }, world);
  await runWorkflows();
};
const addJob = (id: string, rescales: FakeRescale[] | undefined) => {
  getFlink().addJob(id, { name: 'clicks' });
  Object.assign(getFlink().jobs.get(id) ?? {}, { rescales });
};
const rescale = (id: string, state: FakeRescale['state'] = 'COMPLETED'): FakeRescale => ({ id, state });
const listRescales = () =>
  [...world.store.events.values()].flatMap(({ type, detail }) => (type === 'Flink Job Rescaled' ? [detail] : []));
const listIds = () => listRescales().map(({ rescaleId }) => rescaleId);
const listRequests = () =>
  getFlink()
    .requests.map(({ path }) => path)
    .filter((path) => path.includes('rescales'));

describe('rescales of a cluster that keeps their history', () => {
  beforeEach(() => start());

  it('are published once each, when they have ended', async () => {
    const rescales = [rescale('first'), { id: 'second' }];
    addJob(jobId, rescales);
    await reconcile();
    await reconcile();

    expect(listIds()).toEqual(['first']);

    rescales.splice(1, 1, rescale('second', 'FAILED'));
    await reconcile();
    await reconcile();

    expect(listIds()).toEqual(['first', 'second']);
    expect(listRescales()[1]).toEqual({
      id: `targets/local/clusters/${clusterId}/jobs/${jobId}/rescales/second`,
      ...clusterRef,
      principal: 'drey:reconcile',
      operationId: expect.any(String),
      jobId,
      name: 'clicks',
      rescaleId: 'second',
      state: 'FAILED',
      trigger: 'UPDATE_REQUIREMENT',
      reason: 'SUCCEEDED',
      vertices: [{ name: 'Source -> Sink', from: 1, to: 2, desired: 2 }],
      startedAt: '2026-11-23T12:00:00.000Z',
      endedAt: '2026-11-23T12:00:01.000Z',
      labels: { team: 'etl' },
      at: expect.any(String),
    });
  });

  it('are published a few per pass, the oldest first', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => `rescale-${index}`);
    addJob(
      jobId,
      ids.map((id) => rescale(id)),
    );
    await reconcile();

    expect(listIds()).toEqual(ids.slice(0, 5));
    expect(listRequests()).toHaveLength(6);

    await reconcile();
    await reconcile();

    expect(listIds()).toEqual(ids);
  });

  it('are published after a restart of the JobManager, which begins a new history', async () => {
    addJob(jobId, [rescale('first')]);
    await reconcile();
    addJob(jobId, [rescale('second')]);
    await reconcile();

    expect(listIds()).toEqual(['first', 'second']);
  });

  it('are also published when their job has just ended', async () => {
    addJob(jobId, [rescale('first')]);
    await reconcile();
    addJob(jobId, [rescale('first'), rescale('last')]);
    getFlink().setState(jobId, 'FINISHED');
    await reconcile();

    expect(listIds()).toEqual(['first', 'last']);
  });

  it('cost requests for ten jobs per pass, and every job has its turn', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => index.toString(16).padStart(32, '0'));
    for (const id of ids) addJob(id, []);
    await reconcile();

    expect(listRequests()).toHaveLength(10);

    for (let passes = 0; passes < 4; passes += 1) {
      world.passTime(60);
      await reconcile();
    }
    expect(new Set(listRequests().map((path) => path.split('/')[3])).size).toBe(25);
  });

  it('cost nothing for a job without the adaptive scheduler', async () => {
    addJob(jobId, undefined);
    await reconcile();

    expect(listRequests()).toEqual([]);
  });

  it('do not keep the cluster from its other work when Flink fails', async () => {
    addJob(jobId, [{ id: 'broken', state: 'DONE' as 'COMPLETED' }]);
    await reconcile();

    expect(listIds()).toEqual([]);
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING' } });
  });
});

describe('rescales of another cluster', () => {
  it.each([{}, { [historySize]: '0' }])('cost nothing: %j', async (config) => {
    await start(config);
    addJob(jobId, [rescale('first')]);
    await reconcile();

    expect(listRequests()).toEqual([]);
    expect(listIds()).toEqual([]);
  });

  it('cost nothing before Flink 2.3, which has no such option', async () => {
    const data = { mode: 'session', flinkVersion: '2.2', config: { [historySize]: '10' } };
    await sendHttp('deploy', { clusterId, data }, world);
    await runWorkflows();
    addJob(jobId, [rescale('first')]);
    await reconcile();

    expect(listRequests()).toEqual([]);
  });
});
