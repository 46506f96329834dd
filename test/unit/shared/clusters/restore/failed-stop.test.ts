import { describe, expect, it } from 'vitest';

import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getFlink, getLastOperation, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  clicks,
  deploy,
  getJob,
  listFormerJobs,
  listRestoredJobs,
  listRunningJobs,
  orders,
  requestStop,
  restore,
  saveOnly,
  setSavepoints,
  settle,
  stop,
  submit,
} from './fixture.ts';

describe('a restore after a failed stop', () => {
  it('restores a job whose savepoint was complete after the stop had failed for another job', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    setSavepoints((jobId) => (jobId === one ? 'in-progress' : { failure: 'no space' }));
    await requestStop();
    await settle();
    const flink = getFlink('etl');
    const [trigger = ''] = [...flink.savepoints].find(([, value]) => value === 'in-progress') ?? [];
    flink.complete(one, trigger, `${savepointDirectory}/${one}`);
    await updateJobs(await getClusterWithJobs({ target: 'local', clusterId: 'etl' }, world.ports.store), world.ports);
    expect(getJob(one)).toMatchObject({ state: 'FINISHED', finalSavepoint: `${savepointDirectory}/${one}` });
    await stop();

    await deploy({ restore });

    expect(listFormerJobs('etl').toSorted()).toEqual([one, other].toSorted());
  });

  it('does not restore a job that continued after the failed stop and was canceled', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    const flink = getFlink('etl');
    const answer = flink.answer.bind(flink);
    // Flink restarts a job whose savepoint is complete, but whose tasks did not finish.
    flink.answer = async (request) => {
      const result = await answer(request);
      if (request.method === 'POST' && request.path.includes(one)) flink.setState(one, 'RUNNING');
      return result;
    };
    await requestStop();
    await settle();
    flink.answer = answer;
    await sendHttp('cancel', { clusterId: 'etl', jobId: one, data: { jobId: one } }, world);
    await settle();
    expect(getJob(one)?.state).toBe('CANCELED');
    await stop();

    await deploy({ restore });

    expect(listFormerJobs('etl')).toEqual([other]);
  });

  it('is rejected for a job whose savepoint failed in a best-effort stop', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    await requestStop('best-effort');
    await settle();
    expect(getJob(other)).toMatchObject({ state: 'CANCELED' });

    const outcome = await deploy({ restore });
    expect(outcome).toMatchObject({ code: 'not-found' });
    expect(outcome.detail).toContain(`Job ${other} (`);
    expect(outcome.detail).toContain(
      'has no savepoint because it failed. Set allowEmptyState to start it without state.',
    );
    await deploy({ restore: { ...restore, allowEmptyState: true } });

    expect(listRunningJobs('etl').map(({ savepointPath }) => savepointPath)).toEqual([
      `${savepointDirectory}/${one}`,
      undefined,
    ]);
  });

  it('restores a job once that was submitted again from its savepoint of the failed stop', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    await requestStop();
    await settle();
    world.passTime(60);
    const again = await submit({ ...clicks, restore: { path: `${savepointDirectory}/${one}` } });
    await stop();

    await deploy({ restore });

    expect(listFormerJobs('etl').toSorted()).toEqual([other, again].toSorted());
  });

  it('does not restore a job that was stopped without a savepoint later', async () => {
    await deploy();
    await submit(clicks);
    setSavepoints(() => ({ failure: 'no space' }));
    await requestStop();
    await settle();
    world.passTime(60);
    await sendHttp('stop', { clusterId: 'etl', data: { savepoint: 'none' } }, world);
    await settle();
    await deploy({ restore: { ...restore, allowEmptyState: true } });
    expect(listRestoredJobs('etl')).toEqual([]);
  });

  it('is rejected for a failed best-effort savepoint with ha keep under another id', async () => {
    const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' };
    await deploy({ config });
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    world.kubernetes.highAvailability.set('etl', new Set(['etl-cluster-config-map']));
    await sendHttp(
      'stop',
      { clusterId: 'etl', data: { savepoint: 'best-effort', savepointDirectory, ha: 'keep' } },
      world,
    );
    await settle();
    expect(getJob(other)).toMatchObject({ state: 'SUSPENDED', stoppedWithCluster: true });
    const outcome = await deploy({ restore }, 'next');
    expect(outcome).toMatchObject({ outcome: 'rejected', detail: expect.stringContaining(other) });
  });
});

describe('a required stop that fails at its deadline', () => {
  it('names the jobs that end after its deadline, and a restore starts them', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    setSavepoints((jobId) => (jobId === one ? 'in-progress' : { failure: 'no space' }));
    await requestStop();
    await settle();

    const stopped = getLastOperation();
    expect(stopped).toMatchObject({ kind: 'stop', state: 'FAILED' });
    expect(stopped?.problem?.detail).toContain(other);
    expect(stopped?.problem?.detail).toContain(one);
    expect([getJob(one)?.stoppedWithCluster, getJob(other)?.stoppedWithCluster]).toEqual([true, undefined]);
  });
});
