import { describe, expect, it } from 'vitest';

import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { readClusterRecords } from '#shared/clusters/jobs/record-jobs.ts';
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

describe('what is started again', () => {
  it('does not lose a job whose savepoint was complete only when the stop had failed for another job', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    setSavepoints((jobId) => (jobId === one ? 'in-progress' : { failure: 'no space' }));
    await requestStop();
    await settle();
    const flink = getFlink('etl');
    const [trigger = ''] = [...flink.savepoints].find(([, value]) => value === 'in-progress') ?? [];
    flink.complete(one, trigger, `${savepointDirectory}/${one}`);
    await updateJobs(await readClusterRecords({ target: 'local', clusterId: 'etl' }, world.ports), world.ports);
    expect(getJob(one)).toMatchObject({ state: 'FINISHED', finalSavepoint: `${savepointDirectory}/${one}` });
    await stop();

    await deploy({ restore });

    expect(listFormerJobs('etl').toSorted()).toEqual([one, other].toSorted());
  });

  it('a job that went on behind a failed stop and was then cancelled is not started from the old savepoint', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    saveOnly(one);
    const flink = getFlink('etl');
    const answer = flink.answer.bind(flink);
    // Flink restarts a job whose savepoint is complete but whose tasks did not finish.
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

  it('a failed savepoint of a best-effort stop is told of, not left out in silence', async () => {
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

  it('starts a job once that somebody submitted again from the savepoint of a stop that failed for another', async () => {
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

  it('a job that was stopped without a savepoint is not started again because of an earlier stop that failed', async () => {
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

  it('other id, ha: keep, failed best-effort savepoint: told, not left out in silence', async () => {
    await deploy();
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

describe('a required stop', () => {
  it('names the jobs that still end behind its deadline, when others failed, and starts them again', async () => {
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
