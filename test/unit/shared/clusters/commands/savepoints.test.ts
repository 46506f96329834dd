import { describe, expect, it } from 'vitest';

import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { origins } from '#test/fakes/origins.ts';
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

describe.each(origins)('through %s, savepoint', (_door, send) => {
  it('says where it is, in the operation and in the job, which runs on', async () => {
    const jobId = await submitJob(send);

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();

    const location = `${directory}/savepoint-${jobId.slice(0, 6)}`;
    expect(getLastOperation()).toMatchObject({ kind: 'savepoint', state: 'SUCCEEDED', jobId, savepoint: location });
    expect(await getJob(jobId)).toMatchObject({ state: 'RUNNING', savepoint: location });
  });

  it('waits until Flink has taken it, and takes one only', async () => {
    const jobId = await submitJob(send);
    let reconcileQueue = 0;
    getFlink().savepoint = () => 'in-progress';
    const answer = getFlink().answer.bind(getFlink());
    getFlink().answer = async (request) => {
      if (request.method === 'GET' && request.path.includes('/savepoints/') && (reconcileQueue += 1) === 3)
        getFlink().savepoints.set(getLastOperation()?.operationId ?? '', { location: 's3://bucket/late' });
      return answer(request);
    };

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED', savepoint: 's3://bucket/late' });
    expect(getFlink().savepoints.size).toBe(1);
  });

  it('fails with what Flink says of it', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: disk full' });

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'savepoint-failed', detail: 'IOException: disk full' },
    });
  });

  it('fails without a directory where the cluster has no default', async () => {
    const jobId = await submitJob(send);

    await send('savepoint', { clusterId, jobId }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(getLastOperation()?.problem?.detail).toContain('execution.checkpointing.savepoint-dir');
  });

  it('cancels the job with it where that is asked for', async () => {
    const jobId = await submitJob(send);

    await send('savepoint', { clusterId, jobId, data: { directory, cancelJob: true } }, world);
    await runWorkflows();
    await observeJobs(clusterRef, world.ports);

    expect(await getJob(jobId)).toMatchObject({ state: 'CANCELED', savepoint: getLastOperation()?.savepoint });
  });

  it.each(['savepoint', 'checkpoint', 'stop-job'] as const)(
    'is refused as %s for a job that is not there, or over',
    async (kind) => {
      const jobId = await submitJob(send);
      getFlink().setState(jobId, 'FINISHED');

      expect(await send(kind, { clusterId, jobId }, world)).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
      expect(await send(kind, { clusterId, jobId: 'f'.repeat(32) }, world)).toMatchObject({
        outcome: 'rejected',
        code: 'not-found',
      });
    },
  );

  it('takes one for the same key, however often it comes', async () => {
    const jobId = await submitJob(send);

    for (let time = 0; time < 2; time += 1) {
      await send('savepoint', { clusterId, jobId, data: { directory }, key: 'night-1' }, world);
      await runWorkflows();
    }

    expect(getFlink().savepoints.size).toBe(1);
  });
});

describe.each(origins)('through %s, checkpoint and disposal', (_door, send) => {
  it('tell the number of the checkpoint', async () => {
    const jobId = await submitJob(send);

    await send('checkpoint', { clusterId, jobId, data: { full: true } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'checkpoint', state: 'SUCCEEDED', checkpoint: 1 });
    expect(getFlink().requests.find(({ path }) => path.endsWith('/checkpoints'))?.json).toMatchObject({
      checkpointType: 'FULL',
    });
  });

  it('delete a savepoint, which its job then no longer has', async () => {
    const jobId = await submitJob(send);
    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();
    const path = getLastOperation()?.savepoint ?? '';

    await send('dispose-savepoint', { clusterId, data: { path } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'dispose-savepoint', state: 'SUCCEEDED' });
    expect(getFlink().disposed).toEqual([path]);
    expect(await getJob(jobId)).not.toHaveProperty('savepoint');
  });
});
