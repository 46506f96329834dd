import { describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import { jar, listOperations, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  clicks,
  deploy,
  findDeploy,
  listFormerJobs,
  listRestoredJobs,
  listRunningJobs,
  orders,
  requestStop,
  restore,
  stop,
  stopJob,
  submit,
} from './fixture.ts';

describe.each(origins)('a session with restore from %s', (_origin, send) => {
  it('starts the jobs that the last incarnation was stopped with, as they were submitted', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    await stop();

    const outcome = await deploy({ restore: { ...restore, claimMode: 'CLAIM' } }, 'etl', send);

    expect(outcome.outcome).toBe('done');
    expect(listRestoredJobs('etl')).toEqual([
      expect.objectContaining({ formerJobId: one, savepoint: `${savepointDirectory}/${one}` }),
      expect.objectContaining({ formerJobId: other, savepoint: `${savepointDirectory}/${other}` }),
    ]);
    const restored = { claimMode: 'CLAIM' };
    expect(listRunningJobs('etl')).toEqual([
      expect.objectContaining({
        jobId: listRestoredJobs('etl')[0]?.jobId,
        entryClass: 'com.example.Clicks',
        programArgsList: ['--day', '1'],
        parallelism: 1,
        savepointPath: `${savepointDirectory}/${one}`,
        ...restored,
      }),
      expect.objectContaining({
        jobId: listRestoredJobs('etl')[1]?.jobId,
        flinkConfiguration: { 'pipeline.name': 'orders' },
        savepointPath: `${savepointDirectory}/${other}`,
        ...restored,
      }),
    ]);
  });

  it('is rejected when no job was stopped with its cluster, or starts empty with allowEmptyState', async () => {
    await deploy();
    await submit(clicks);
    await stop('none');

    const refused = await deploy({ restore }, 'next', send);
    const without = await deploy({ restore: { ...restore, allowEmptyState: true } }, 'other', send);

    expect(refused).toMatchObject({ outcome: 'rejected', code: 'not-found', pointers: ['/restore/fromCluster'] });
    expect(without.outcome).toBe('done');
    expect(findDeploy('other')).toMatchObject({ state: 'SUCCEEDED' });
    expect(listRunningJobs('other')).toEqual([]);
  });
});

describe('a session with restore', () => {
  it('does not start a job that was stopped on its own', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    await stopJob(one);
    await stop();

    await deploy({ restore });

    expect(listFormerJobs('etl')).toEqual([other]);
  });

  it('starts only the named job', async () => {
    await deploy();
    const [, other] = [await submit(clicks), await submit(orders)];
    await stop();

    await deploy({ restore: { ...restore, job: other } });

    expect(listFormerJobs('etl')).toEqual([other]);
  });

  it('starts a job from the end of its last run, over several incarnations', async () => {
    await deploy();
    await submit(clicks);
    for (const _ of [1, 2, 3]) {
      await stop();
      world.passTime(60);
      await deploy({ restore });
      world.passTime(60);
    }

    const [latest] = listRestoredJobs('etl');
    expect(listRunningJobs('etl')).toEqual([
      expect.objectContaining({ jobId: latest?.jobId, savepointPath: `${savepointDirectory}/${latest?.formerJobId}` }),
    ]);
    expect(listOperations().filter(({ kind }) => kind === 'submit')).toHaveLength(4);
  });

  it('is rejected while a job runs, and while the cluster is STOPPING', async () => {
    await deploy();
    await submit(clicks);

    expect(await deploy({ restore }, 'next')).toMatchObject({
      code: 'wrong-state',
      pointers: ['/restore/fromCluster'],
    });
    await requestStop();
    expect(await deploy({ restore }, 'next')).toMatchObject({ code: 'not-ready' });
  });

  it('is rejected when a jar has expired, with what a person needs to start the job', async () => {
    await deploy();
    const jobId = await submit(clicks);
    await stop();
    world.jars.stored.clear();

    const outcome = await deploy({ restore }, 'next');

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'not-found' });
    expect(outcome.detail).toContain(`${jar} is no longer stored. Its savepoint is ${savepointDirectory}/${jobId}`);
  });
});
