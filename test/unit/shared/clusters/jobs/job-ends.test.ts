import { describe, expect, it } from 'vitest';

import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { sendHttp as send } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getLastOperation,
  runWorkflows,
  savepointDirectory as directory,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const readJob = async (jobId: string) => (await world.store.job(clusterRef, jobId))?.value;
const listSnapshots = async () =>
  (await world.store.snapshots(clusterRef, { limit: 10 })).items.map(({ value }) => value);

/** Flink answers about a job as it does now, until time goes on. */
const fillCache = async (jobId: string, what: 'checkpoints' | 'exceptions') => {
  getFlink().cache.clock = () => world.ports.now().getTime();
  await getFlink().answer({ method: 'GET', path: `/v1/jobs/${jobId}/${what}` });
};

/** Stops a job with a savepoint that Flink does not complete yet. @returns The ID of the operation */
const requestStop = async (jobId: string): Promise<string> => {
  getFlink().savepoint = () => 'in-progress';
  await send('stop-job', { clusterId, jobId, data: { directory } }, world);
  const operationId = getLastOperation()?.operationId ?? '';
  await getFlink().answer({
    method: 'POST',
    path: `/v1/jobs/${jobId}/stop`,
    json: { targetDirectory: directory, triggerId: operationId },
  });
  return operationId;
};

describe('a job that ended while Flink answers about its savepoints from a cache', () => {
  it('has the savepoint of the stop of its cluster', async () => {
    const jobId = await submitJob(send);
    await fillCache(jobId, 'checkpoints');
    getFlink().cache.clock = () => 0;

    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory: directory } }, world);
    await runWorkflows();

    const finalSavepoint = `${directory}/savepoint-${jobId.slice(0, 6)}`;
    expect((await getCluster())?.state).toBe('STOPPED');
    expect(await readJob(jobId)).toMatchObject({ state: 'FINISHED', finalSavepoint });
    expect(await listSnapshots()).toMatchObject([{ trigger: 'stop', path: finalSavepoint }]);
  });

  it('keeps the savepoint of the stop of its cluster while Flink still names an earlier one', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => ({ location: `${directory}/first` });
    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();
    await fillCache(jobId, 'checkpoints');
    getFlink().cache.clock = () => 0;
    getFlink().savepoint = () => ({ location: `${directory}/last` });

    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory: directory } }, world);
    await runWorkflows();

    const last = `${directory}/last`;
    expect(await readJob(jobId)).toMatchObject({ state: 'FINISHED', savepoint: last, finalSavepoint: last });
    expect(await listSnapshots()).toMatchObject([
      { trigger: 'stop', path: last },
      { trigger: 'manual', path: `${directory}/first` },
    ]);
  });

  it('has the savepoint of the command that stopped it, also if that is not answered', async () => {
    const jobId = await submitJob(send);
    const operationId = await requestStop(jobId);
    await fillCache(jobId, 'checkpoints');
    getFlink().complete(jobId, operationId, `${directory}/last`);

    await observeJobs(clusterRef, world.ports);

    expect(await readJob(jobId)).toMatchObject({ state: 'FINISHED', finalSavepoint: `${directory}/last` });
    expect(await listSnapshots()).toMatchObject([
      { path: `${directory}/last`, completedAt: expect.any(String) as string },
    ]);
  });

  it('has not ended before the savepoint is known', async () => {
    const jobId = await submitJob(send);
    const operationId = await requestStop(jobId);
    getFlink().setState(jobId, 'FINISHED');

    await observeJobs(clusterRef, world.ports);
    const before = await readJob(jobId);
    getFlink().complete(jobId, operationId, `${directory}/last`);
    await observeJobs(clusterRef, world.ports);

    expect(before?.state).toBe('RUNNING');
    expect(await readJob(jobId)).toMatchObject({ state: 'FINISHED', finalSavepoint: `${directory}/last` });
  });

  it('is recorded after Flink was asked about its savepoint, for which a JobManager waits at its end', async () => {
    const jobId = await submitJob(send);
    const operationId = await requestStop(jobId);
    getFlink().complete(jobId, operationId, `${directory}/last`);

    await observeJobs(clusterRef, world.ports);

    expect((await readJob(jobId))?.state).toBe('FINISHED');
    const path = `/v1/jobs/${jobId}/savepoints/${operationId}`;
    expect(getFlink().requests).toContainEqual(expect.objectContaining({ method: 'GET', path }));
  });

  it('has no savepoint when it ended by itself', async () => {
    const jobId = await submitJob(send);
    getFlink().setState(jobId, 'FINISHED');

    await observeJobs(clusterRef, world.ports);

    const job = await readJob(jobId);
    expect(job?.state).toBe('FINISHED');
    expect(job).not.toHaveProperty('savepoint');
  });
});

describe('a job that failed while Flink answers about its exceptions from a cache', () => {
  const fail = (jobId: string, failure: string | undefined, agoMs: number) => {
    getFlink().setState(jobId, 'FAILED', failure);
    const job = getFlink().jobs.get(jobId);
    if (job !== undefined) job.endTime = world.ports.now().getTime() - agoMs;
  };

  it('is recorded with its cause as soon as Flink shows it', async () => {
    await startSession(send);
    const jobId = await submitJob(send);
    await fillCache(jobId, 'exceptions');
    fail(jobId, 'java.lang.ArithmeticException: / by zero', 0);

    await observeJobs(clusterRef, world.ports);
    const before = await readJob(jobId);
    getFlink().cache.clock = undefined;
    await observeJobs(clusterRef, world.ports);

    expect(before?.state).toBe('RUNNING');
    expect(await readJob(jobId)).toMatchObject({ state: 'FAILED', message: 'ArithmeticException: / by zero' });
  });

  it('is recorded without a cause ten seconds after its end', async () => {
    const jobId = await submitJob(send);
    fail(jobId, undefined, 10_000);

    await observeJobs(clusterRef, world.ports);

    const job = await readJob(jobId);
    expect(job?.state).toBe('FAILED');
    expect(job).not.toHaveProperty('message');
  });
});
