import { describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getLastOperation,
  runWorkflows,
  savepointDirectory,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('stop from %s', (_origin, send) => {
  const other = 'b'.repeat(32);
  /** Starts a session with two jobs. Returns the id of the first. */
  const startTwoJobs = async () => {
    const jobId = await submitJob(send);
    getFlink().addJob(other, { name: 'other' });
    return jobId;
  };
  /** Runs a function at a request for the list of jobs, which is counted from now. */
  const atRequest = (count: number, happens: () => void) => {
    const answer = getFlink().answer.bind(getFlink());
    let reconcileQueue = 0;
    getFlink().answer = async (request) => {
      if (request.path === '/v1/jobs/overview' && (reconcileQueue += 1) === count) happens();
      return answer(request);
    };
  };

  it.each(['best-effort', 'required'])('requests a savepoint when the tasks of the job run (%s)', async (savepoint) => {
    const jobId = await submitJob(send);
    getFlink().setTasks(jobId, { total: 3, running: 1, initializing: 1, finished: 1 });
    await send('stop', { clusterId, data: { savepoint, savepointDirectory } }, world);
    atRequest(5, () => getFlink().setTasks(jobId, { total: 3, running: 2, finished: 1 }));

    await runWorkflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FINISHED', finalSavepoint: expect.stringContaining(savepointDirectory) },
    });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('shows that it waits for tasks', async () => {
    const jobId = await submitJob(send);
    getFlink().setTasks(jobId, { total: 0 });
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    const phases: (string | undefined)[] = [];
    atRequest(3, () => {
      phases.push(getLastOperation()?.phase);
      getFlink().setTasks(jobId, { total: 1, running: 1 });
    });

    await runWorkflows();

    expect(phases).toEqual(['Waiting for the tasks of all jobs to run, to take savepoints.']);
  });

  it('does not wait for tasks after a savepoint was requested, because the savepoint ends them', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => 'in-progress';
    const { requests } = getFlink();
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    atRequest(2, () => getFlink().setTasks(jobId, { total: 2, running: 1, finished: 0 }));
    atRequest(4, () => getFlink().complete(jobId, [...getFlink().savepoints.keys()][0] ?? '', 's3://bucket/late'));

    await runWorkflows();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { finalSavepoint: 's3://bucket/late' } });
    expect(requests.filter(({ path }) => path.endsWith('/stop'))).toHaveLength(1);
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('does not wait for the tasks of a batch job, which has no savepoints', async () => {
    const jobId = await submitJob(send);
    getFlink().setTasks(jobId, { total: 2, running: 1, created: 1 }, { isBatch: true });
    await send('stop', { clusterId, data: { savepoint: 'best-effort', savepointDirectory } }, world);
    const begun = world.ports.now().getTime();

    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.ports.now().getTime() - begun).toBeLessThan(2 * 60_000);
  });

  it('continues when a job ends that it waited for', async () => {
    const jobId = await submitJob(send);
    getFlink().setState(jobId, 'FAILING');
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    atRequest(3, () => getFlink().setState(jobId, 'FAILED', 'java.io.IOException: disk full'));

    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('ends no job of a required stop while the tasks of another one do not run', async () => {
    const jobId = await startTwoJobs();
    getFlink().setState(other, 'RESTARTING');
    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);

    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'RUNNING',
      reason: 'SavepointFailed',
      message: `These savepoints failed: job other (${other}): not all of its tasks are RUNNING.`,
    });
    expect(getFlink().savepoints.size).toBe(0);
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING' } });
  });

  it('takes the possible savepoints after five minutes without running tasks, when savepoints are not required', async () => {
    const jobId = await startTwoJobs();
    getFlink().setState(other, 'RESTARTING');
    await send('stop', { clusterId, data: { savepoint: 'best-effort', savepointDirectory } }, world);
    const begun = world.ports.now().getTime();

    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { finalSavepoint: expect.stringContaining(savepointDirectory) },
    });
    expect(world.ports.now().getTime() - begun).toBeGreaterThan(5 * 60_000);
    expect(world.ports.now().getTime() - begun).toBeLessThan(8 * 60_000);
  });
});
