import { describe, expect, it } from 'vitest';

import type { Snapshot } from '#events/records/snapshots.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { readSnapshot, readSnapshots } from '#shared/clusters/queries/snapshots.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getLastOperation,
  jar,
  runWorkflows,
  savepointDirectory as directory,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const listSnapshots = async () => (await readSnapshots(clusterRef, { limit: 100 }, world.ports)).items;
const getNewest = async (): Promise<Snapshot | undefined> => (await listSnapshots())[0];
const listChanges = () =>
  [...world.store.events.values()].flatMap(({ type, detail }) =>
    type === 'Flink Snapshot State Change' ? [detail] : [],
  );

describe.each(origins)('the catalogue of snapshots, with commands from %s', (_origin, send) => {
  const savepoint = async (jobId: string, data: object = {}) => {
    await send('savepoint', { clusterId, jobId, data: { directory, ...data } }, world);
    const { operationId: snapshotId = '' } = getLastOperation() ?? {};
    return snapshotId;
  };

  it('has a savepoint from its command on, and what Flink tells about it when it is complete', async () => {
    const jobId = await submitJob(send);
    const snapshotId = await savepoint(jobId, { format: 'NATIVE' });
    const begun = await getNewest();
    await runWorkflows();

    expect(begun).toMatchObject({ snapshotId, state: 'IN_PROGRESS', operationId: snapshotId });
    expect(begun).not.toHaveProperty('path');
    expect(await listSnapshots()).toEqual([
      {
        ...clusterRef,
        snapshotId,
        kind: 'savepoint',
        format: 'NATIVE',
        trigger: 'manual',
        state: 'COMPLETED',
        jobId,
        jobName: (await world.store.job(clusterRef, jobId))?.value.name,
        clusterOperationId: (await getCluster())?.operationId,
        revision: 1,
        flinkVersion: (await getCluster())?.flinkVersion,
        operationId: snapshotId,
        principal: getLastOperation()?.principal,
        path: `${directory}/savepoint-${jobId.slice(0, 6)}`,
        sizeBytes: 4_096,
        durationMs: 120,
        createdAt: expect.any(String) as string,
        completedAt: expect.any(String) as string,
      },
    ]);
  });

  it('has a checkpoint with its number and its path', async () => {
    const jobId = await submitJob(send);

    await send('checkpoint', { clusterId, jobId }, world);
    await runWorkflows();

    expect(await getNewest()).toMatchObject({
      kind: 'checkpoint',
      state: 'COMPLETED',
      checkpoint: 1,
      path: 's3://bucket/chk-1',
      sizeBytes: 4_096,
    });
    expect(await getNewest()).not.toHaveProperty('format');
  });

  it('says why a savepoint failed', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: disk full' });

    await savepoint(jobId);
    await runWorkflows();

    expect(await getNewest()).toMatchObject({ state: 'FAILED', problem: { detail: 'IOException: disk full' } });
    expect(listChanges()).toMatchObject([{ to: 'FAILED', problem: { code: 'savepoint-failed' } }]);
  });

  it('asks again when the answer of Flink is older than the snapshot', async () => {
    const jobId = await submitJob(send);
    const answer = getFlink().answer.bind(getFlink());
    let reads = 0;
    getFlink().answer = async (request) =>
      request.path.includes('/checkpoints/details/') && (reads += 1) < 3
        ? { status: 404, body: '{"errors":["Could not find checkpointing statistics"]}' }
        : answer(request);

    await send('checkpoint', { clusterId, jobId }, world);
    await runWorkflows();

    expect(reads).toBe(3);
    expect(await getNewest()).toMatchObject({ state: 'COMPLETED', path: 's3://bucket/chk-1' });
  });

  it('has the savepoint without its size when Flink does not tell it', async () => {
    const jobId = await submitJob(send);
    const answer = getFlink().answer.bind(getFlink());
    getFlink().answer = async (request) =>
      request.path.endsWith('/checkpoints') ? { status: 503, body: '' } : answer(request);

    await savepoint(jobId);
    await runWorkflows();

    expect(await getNewest()).toMatchObject({ state: 'COMPLETED', path: expect.any(String) as string });
    expect(await getNewest()).not.toHaveProperty('sizeBytes');
  });

  it('has one savepoint of each job that a stop of the cluster took', async () => {
    const first = await submitJob(send);
    await send('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();
    const second = getLastOperation()?.operationId;

    await send('stop', { clusterId, data: { savepoint: 'required', savepointDirectory: directory } }, world);
    await runWorkflows();

    const { operationId = '' } = getLastOperation() ?? {};
    const snapshots = await listSnapshots();
    expect(snapshots.map(({ snapshotId }) => snapshotId).toSorted()).toEqual(
      [`${operationId}-${first}`, `${operationId}-${second}`].toSorted(),
    );
    for (const snapshot of snapshots)
      expect(snapshot).toMatchObject({
        state: 'COMPLETED',
        trigger: 'stop',
        path: (await world.store.job(clusterRef, snapshot.jobId))?.value.finalSavepoint,
        sizeBytes: 4_096,
      });
  });

  it('has the failed savepoints of a stop whose savepoints are no condition', async () => {
    await submitJob(send);
    getFlink().savepoint = () => ({ failure: 'no space' });

    await send('stop', { clusterId, data: { savepoint: 'best-effort', savepointDirectory: directory } }, world);
    await runWorkflows();

    expect((await getCluster())?.state).toBe('STOPPED');
    expect(await listSnapshots()).toMatchObject([{ state: 'FAILED', trigger: 'stop' }]);
  });

  it('has a savepoint that a job ended with after its operation had failed', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => ({ failure: 'slow' });
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    await runWorkflows();
    getFlink().latest.set(jobId, { location: `${directory}/late`, type: 'SYNC_SAVEPOINT' });
    getFlink().setState(jobId, 'FINISHED');

    await observeJobs(clusterRef, world.ports);

    expect((await world.store.job(clusterRef, jobId))?.value.finalSavepoint).toBe(`${directory}/late`);
    expect(await listSnapshots()).toMatchObject([
      { state: 'COMPLETED', trigger: 'stop', path: `${directory}/late`, sizeBytes: 4_096 },
    ]);
  });

  it('publishes the end of each snapshot once', async () => {
    const jobId = await submitJob(send);
    const snapshotId = await savepoint(jobId);
    await runWorkflows();
    await send('dispose-snapshot', { clusterId, data: { snapshotId } }, world);
    await runWorkflows();

    const path = `${directory}/savepoint-${jobId.slice(0, 6)}`;
    expect(listChanges()).toMatchObject([
      { snapshotId, to: 'COMPLETED', path, jobId, kind: 'savepoint' },
      { snapshotId, to: 'DISPOSED', path, jobId, kind: 'savepoint' },
    ]);
  });

  it('disposes of a savepoint through Flink, and no job names it then', async () => {
    const jobId = await submitJob(send);
    const snapshotId = await savepoint(jobId);
    await runWorkflows();
    const path = (await getNewest())?.path;

    const sent = await send('dispose-snapshot', { clusterId, data: { snapshotId } }, world);
    await runWorkflows();

    expect(sent.outcome).toBe('done');
    expect(getFlink().disposed).toEqual([path]);
    expect(getLastOperation()).toMatchObject({ kind: 'dispose-snapshot', state: 'SUCCEEDED' });
    expect(await readSnapshot({ ...clusterRef, snapshotId }, world.ports)).toMatchObject({ state: 'DISPOSED' });
    expect((await world.store.job(clusterRef, jobId))?.value).not.toHaveProperty('savepoint');
  });

  it('knows a savepoint that was disposed of by its path', async () => {
    const jobId = await submitJob(send);
    await savepoint(jobId);
    await runWorkflows();

    await send('dispose-savepoint', { clusterId, data: { path: (await getNewest())?.path } }, world);
    await runWorkflows();

    expect(await getNewest()).toMatchObject({ state: 'DISPOSED' });
  });

  it('disposes of nothing that is a checkpoint, in progress, failed, disposed or unknown', async () => {
    const jobId = await submitJob(send);
    await send('checkpoint', { clusterId, jobId }, world);
    await runWorkflows();
    const checkpointId = getLastOperation()?.operationId ?? '';
    const openId = await savepoint(jobId);
    const refuse = (snapshotId: string) => send('dispose-snapshot', { clusterId, data: { snapshotId } }, world);

    expect(await refuse(checkpointId)).toMatchObject({ code: 'wrong-state', outcome: 'rejected' });
    expect(await refuse(openId)).toMatchObject({ code: 'wrong-state' });
    expect(await refuse('f'.repeat(32))).toMatchObject({ code: 'not-found' });
    await runWorkflows();
    await refuse(openId);
    await runWorkflows();
    expect(await refuse(openId)).toMatchObject({ code: 'wrong-state' });
    expect(getFlink().disposed).toHaveLength(1);
  });

  it('keeps a savepoint that a live job was restored from, until the job has ended', async () => {
    const jobId = await submitJob(send);
    const snapshotId = await savepoint(jobId);
    await runWorkflows();
    await send('submit', { clusterId, data: { jar, restore: { snapshot: snapshotId } } }, world);
    await runWorkflows();
    const restoredId = getLastOperation()?.operationId ?? '';
    const dispose = () => send('dispose-snapshot', { clusterId, data: { snapshotId } }, world);

    const refused = await dispose();
    getFlink().setState(restoredId, 'CANCELED');
    await observeJobs(clusterRef, world.ports);

    expect(refused).toMatchObject({ code: 'wrong-state', detail: expect.stringContaining(restoredId) as string });
    expect(await dispose()).toMatchObject({ outcome: 'done' });
  });

  it('keeps a savepoint that a revision was restored from', async () => {
    const jobId = await submitJob(send);
    const snapshotId = await savepoint(jobId);
    await runWorkflows();
    await send('stop', { clusterId }, world);
    await runWorkflows();
    const job = { jar: 'local:///opt/flink/usrlib/a.jar', restore: { snapshot: snapshotId } };
    await send('deploy', { clusterId, data: { mode: 'application', job } }, world);
    await runWorkflows();

    await send('stop', { clusterId }, world);
    await runWorkflows();
    await startSession(send);

    const refused = await send('dispose-snapshot', { clusterId, data: { snapshotId } }, world);

    expect((await getCluster())?.revision).toBe(3);
    expect(refused).toMatchObject({ code: 'wrong-state', detail: expect.stringContaining('Revision 2') as string });
  });
});
