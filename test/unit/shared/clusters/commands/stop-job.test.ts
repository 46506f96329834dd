import { describe, expect, it } from 'vitest';

import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { resumeStalled } from '#shared/clusters/reconcile/stalled/resume-stalled.ts';
import { takeSnapshot } from '#shared/clusters/workflows/snapshot.ts';
import { origins } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  clusterRef,
  getFlink,
  getLastOperation,
  runWorkflows,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const directory = 's3://bucket/savepoints';
const getJob = async (jobId: string) => (await world.store.job(clusterRef, jobId))?.value;

describe.each(origins)('stop-job from %s', (_origin, send) => {
  it('ends the job with a savepoint', async () => {
    const jobId = await submitJob(send);

    await send('stop-job', { clusterId, jobId, data: { directory, drain: true } }, world);
    await runWorkflows();

    const location = `${directory}/savepoint-${jobId.slice(0, 6)}`;
    expect(getLastOperation()).toMatchObject({ kind: 'stop-job', state: 'SUCCEEDED', savepoint: location });
    expect(await getJob(jobId)).toMatchObject({ state: 'FINISHED', savepoint: location });
    expect(getFlink().requests.find(({ path }) => path.endsWith('/stop'))?.json).toMatchObject({ drain: true });
  });

  it('records the savepoint of a job whose cluster was gone before the savepoint was observed', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    const requested = await takeSnapshot({ operationId }, world.ports);
    getFlink().complete(jobId, operationId, 's3://bucket/seen');
    await observeJobs(clusterRef, world.ports);
    await send('stop', { clusterId }, world);
    await world.workflows.run('cleanup', getLastOperation()?.operationId ?? '', world.ports);

    const last = await takeSnapshot({ ...requested, attempt: 1 }, world.ports);

    expect(last).toMatchObject({ outcome: 'done', savepoint: 's3://bucket/seen' });
  });

  it('does not record an earlier savepoint of the job as its own', async () => {
    const jobId = await submitJob(send);
    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();
    getFlink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    const requested = await takeSnapshot({ operationId }, world.ports);
    getFlink().setState(jobId, 'FINISHED');
    getFlink().savepoints.set(operationId, { failure: 'java.lang.Exception: the job has ended' });
    await observeJobs(clusterRef, world.ports);

    const last = await takeSnapshot({ ...requested, attempt: 1 }, world.ports);

    expect(last).toMatchObject({ outcome: 'failed', message: 'Exception: the job has ended' });
  });

  it('waits while the session does not answer', async () => {
    const jobId = await submitJob(send);
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    getFlink().leaderless = true;
    const { operationId = '' } = getLastOperation() ?? {};

    const unanswered = await takeSnapshot({ operationId }, world.ports);
    getFlink().leaderless = false;
    const requested = await takeSnapshot(unanswered, world.ports);

    expect([unanswered.outcome, requested.outcome]).toEqual(['waiting', 'done']);
  });

  it('fails when the cluster is deleted in the meantime', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    await send('stop', { clusterId }, world);
    await world.workflows.run('cleanup', getLastOperation()?.operationId ?? '', world.ports);

    await world.workflows.run('snapshot', operationId, world.ports);

    expect((await world.store.operation(operationId))?.value).toMatchObject({
      state: 'FAILED',
      problem: { code: 'wrong-state' },
    });
  });

  it('fails at its deadline', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => 'in-progress';

    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'deadline-exceeded' } });
    expect(await getJob(jobId)).toMatchObject({ state: 'RUNNING' });
  });

  it('is resumed when its process died after the record was written', async () => {
    const jobId = await submitJob(send);
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    world.workflows.started.splice(0);
    world.passTime(3 * 60);

    await resumeStalled(operationId, world.ports);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });
});

describe.each(origins)('the record of a job, submitted from %s', (_origin, send) => {
  it('has the savepoint that the job was stopped with, even without a command of Drey', async () => {
    const jobId = await submitJob(send);
    getFlink().complete(jobId, 'e'.repeat(32), 's3://bucket/by-hand');

    await dispatchReconcile(world.ports);
    await runQueues(world);

    expect(await getJob(jobId)).toMatchObject({ state: 'FINISHED', savepoint: 's3://bucket/by-hand' });
  });
});

describe.each(origins)('the job of an application that is ended from %s', (_origin, send) => {
  const startApplication = async () => {
    await send('deploy', { clusterId, data: { mode: 'application', job: { jar: 'local:///a.jar' } } }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    getFlink().addJob(operationId);
    await runWorkflows();
    return operationId;
  };

  it.each([
    ['cancel', {}, 'CANCELED'],
    ['stop-job', { directory }, 'FINISHED'],
  ] as const)('ends its cluster at once: %s', async (kind, data, state) => {
    const jobId = await startApplication();

    await send(kind, { clusterId, jobId, data }, world);
    await runWorkflows();

    expect((await world.store.cluster(clusterRef))?.value).toMatchObject({ state });
  });
});
