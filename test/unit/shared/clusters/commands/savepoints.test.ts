import { describe, expect, it } from 'vitest';

import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getFlink,
  getLastOperation,
  jar,
  listOperations,
  runWorkflows,
  session,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const directory = 's3://bucket/savepoints';
const getJob = async (jobId: string) => (await world.store.job(clusterRef, jobId))?.value;

describe.each(origins)('savepoint from %s', (_origin, send) => {
  it('records its path in the operation and in the job, which continues to run', async () => {
    const jobId = await submitJob(send);

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();

    const location = `${directory}/savepoint-${jobId.slice(0, 6)}`;
    expect(getLastOperation()).toMatchObject({ kind: 'savepoint', state: 'SUCCEEDED', jobId, savepoint: location });
    expect(await getJob(jobId)).toMatchObject({ state: 'RUNNING', savepoint: location });
  });

  it('waits until Flink completes it, and takes only one', async () => {
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

  it('fails with the failure that Flink reports', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: disk full' });

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'savepoint-failed', detail: 'IOException: disk full' },
    });
  });

  it.each(['savepoint', 'stop-job'] as const)(
    'is refused as %s without a directory, before Flink is asked',
    async (kind) => {
      const jobId = await submitJob(send);
      const commands = listOperations().length;

      const sent = await send(kind, { clusterId, jobId }, world);

      expect(sent).toMatchObject({ outcome: 'rejected', code: 'malformed-request', pointers: ['/directory'] });
      expect(sent.detail).toContain('has no execution.checkpointing.savepoint-dir');
      expect(listOperations()).toHaveLength(commands);
      expect(await getJob(jobId)).toMatchObject({ state: 'RUNNING' });
    },
  );

  it('needs no directory when the cluster has a default', async () => {
    const config = { 'state.savepoints.dir': directory };
    await send('deploy', { clusterId, data: { ...session, config } }, world);
    await runWorkflows();
    await send('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();
    const jobId = getLastOperation()?.operationId ?? '';

    expect(await send('savepoint', { clusterId, jobId }, world)).toMatchObject({ outcome: 'done' });
  });

  it.each(['', 'relative/x', '../x'])('is refused into %j, which is no directory', async (path) => {
    const jobId = await submitJob(send);

    expect(await send('savepoint', { clusterId, jobId, data: { directory: path } }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      detail: expect.stringContaining('/directory: must be a directory, for example s3://bucket/savepoints'),
    });
  });

  it('has a warning about a directory without a scheme', async () => {
    const jobId = await submitJob(send);

    await send('savepoint', { clusterId, jobId, data: { directory: '/tmp/x' } }, world);

    expect(getLastOperation()?.warnings).toEqual([
      expect.stringContaining('The directory of the savepoint has no scheme.'),
    ]);
  });

  it('cancels the job with it on request', async () => {
    const jobId = await submitJob(send);

    await send('savepoint', { clusterId, jobId, data: { directory, cancelJob: true } }, world);
    await runWorkflows();
    await observeJobs(clusterRef, world.ports);

    expect(await getJob(jobId)).toMatchObject({ state: 'CANCELED', savepoint: getLastOperation()?.savepoint });
  });

  it.each(['savepoint', 'checkpoint', 'stop-job'] as const)(
    'is rejected as %s of an unknown job, and of a job that has ended',
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

  it('is taken once for the same idempotency key', async () => {
    const jobId = await submitJob(send);

    for (let time = 0; time < 2; time += 1) {
      await send('savepoint', { clusterId, jobId, data: { directory }, key: 'night-1' }, world);
      await runWorkflows();
    }

    expect(getFlink().savepoints.size).toBe(1);
  });
});

describe.each(origins)('checkpoint and disposal from %s', (_origin, send) => {
  it('record the number of the checkpoint', async () => {
    const jobId = await submitJob(send);

    await send('checkpoint', { clusterId, jobId, data: { full: true } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'checkpoint', state: 'SUCCEEDED', checkpoint: 1 });
    expect(getFlink().requests.find(({ path }) => path.endsWith('/checkpoints'))?.json).toMatchObject({
      checkpointType: 'FULL',
    });
  });

  it('delete a savepoint, and its path in the record of the job', async () => {
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
