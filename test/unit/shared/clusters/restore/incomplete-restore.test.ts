import { describe, expect, it } from 'vitest';

import { resubmitJobs } from '#shared/clusters/workflows/resubmit-jobs.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { jar, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  cancelQueued,
  clicks,
  deploy,
  findDeploy,
  getOperation,
  limitJobs,
  listRestoredJobs,
  listRunningJobs,
  orders,
  otherJar,
  requestStop,
  restore,
  setSavepoints,
  settle,
  stop,
  submit,
} from './fixture.ts';

describe('a restore after an incomplete restore', () => {
  it('restores a job that the last incarnation did not start', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit({ ...orders, jar: otherJar })];
    await stop();
    world.passTime(60);
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.stored.delete(otherJar);
    await settle();
    const [restored] = listRestoredJobs('etl');
    expect(listRunningJobs('etl')).toMatchObject([{ jobId: restored?.jobId }]);
    world.passTime(60);
    await stop();
    world.jars.stored.set(otherJar, jarBytes);

    await deploy({ restore });

    expect(restored?.formerJobId).toBe(one);
    expect(listRestoredJobs('etl').map(({ formerJobId, savepoint }) => [formerJobId, savepoint])).toEqual([
      [other, `${savepointDirectory}/${other}`],
      [restored?.jobId, `${savepointDirectory}/${restored?.jobId}`],
    ]);
  });
});

describe('a restore from an incarnation that did not start its jobs', () => {
  it('does not start a job twice whose submit of the last incarnation is still queued', async () => {
    await deploy();
    await submit(clicks);
    await submit(orders);
    await stop();
    world.passTime(60);
    limitJobs(1);
    await deploy({ restore });
    world.passTime(60);
    setSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    await requestStop();
    // No admission pass runs before the next incarnation is recorded, because admissions are a queue.
    await world.workflows.runAll(world.ports);
    limitJobs(undefined);
    world.passTime(60);

    const first = await deploy({ restore });
    await world.ports.admissionQueue.send('local');
    await settle();
    if (first.code === 'not-ready') await deploy({ restore });

    const paths = listRunningJobs('etl').map(({ savepointPath }) => savepointPath);
    expect(paths).toEqual([...new Set(paths)]);
  });

  it('does not restore the only job when its submit was canceled', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    world.passTime(60);
    const target = await world.targets.get('local');
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    await world.workflows.runAll(world.ports);
    const [restored] = listRestoredJobs('etl');
    expect(target).toBeDefined();
    expect(getOperation(restored?.jobId)?.state).toBe('QUEUED');
    await cancelQueued(restored?.jobId ?? '');
    await settle();
    world.passTime(60);
    await stop();

    await deploy({ restore: { ...restore, allowEmptyState: true } });

    expect(listRestoredJobs('etl')).toEqual([]);
  });

  it('restores no job for a session that was stopped during its start-up', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    await sendHttp('stop', { clusterId: 'etl' }, world);
    await resubmitJobs(findDeploy('etl')!, world.ports);

    expect(getOperation(listRestoredJobs('etl')[0]?.jobId)).toBeUndefined();
  });

  it('restores all jobs when the last incarnation started none', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    world.passTime(60);
    await sendHttp('deploy', { clusterId: 'next', data: { mode: 'session', restore } }, world);
    world.jars.stored.clear();
    await settle();
    expect(listRunningJobs('next')).toEqual([]);
    await requestStop('required', 'next');
    await settle();
    world.jars.stored.set(jar, jarBytes);

    await deploy({ restore: { fromCluster: 'next', allowEmptyState: true } }, 'next');

    expect(listRestoredJobs('next')).toHaveLength(1);
  });
});

describe('two concurrent runs of the step that submits the jobs', () => {
  it('record each job once, with its arguments', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    world.passTime(60);
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    const [deployed, jobId] = [findDeploy('etl')!, listRestoredJobs('etl')[0]?.jobId];

    await Promise.allSettled([resubmitJobs(deployed, world.ports), resubmitJobs(deployed, world.ports)]);

    expect(getOperation(jobId)?.kind).toBe('submit');
    expect(await world.payloads.read(jobId ?? '')).toMatchObject({ args: clicks.args });
  });
});
