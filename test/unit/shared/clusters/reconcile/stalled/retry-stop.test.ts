import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  getLastOperation,
  reconcile,
  runWorkflows,
  savepointDirectory,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('a stop that failed after a part of its work', () => {
  const send = sendHttp;

  it('is retried with its options', async () => {
    await startSession(send);
    world.kubernetes.failNext('remove', new Fault('target-refused', 'the role may not delete deployments'));
    await send('stop', { clusterId, data: { ha: 'purge' } }, world);
    await runWorkflows();
    const failed = getLastOperation();
    world.passTime(600);
    await reconcile();
    await runWorkflows();

    expect(failed).toMatchObject({ kind: 'stop', state: 'FAILED', problem: { code: 'target-refused' } });
    expect(getLastOperation()).toMatchObject({
      origin: 'reconciler',
      state: 'SUCCEEDED',
      request: { kind: 'stop', data: { ha: 'purge' } },
    });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });
});

describe('the reason of a stop whose savepoint failed', () => {
  const failStop = async () => {
    const jobId = await submitJob(sendHttp);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: disk full' });
    await sendHttp('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    await runWorkflows();
    return jobId;
  };

  it('stays on the cluster for five minutes, and is in the history for ever', async () => {
    await failStop();
    world.passTime(240);
    await reconcile();
    const recent = await getCluster();
    world.passTime(60);
    await reconcile();

    expect(recent).toMatchObject({ state: 'RUNNING', reason: 'SavepointFailed' });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(await getCluster()).not.toHaveProperty('reason');
    expect(await getCluster()).not.toHaveProperty('message');
    expect(world.store.writtenTransitions.map(({ reason }) => reason)).toContain('SavepointFailed');
  });

  it('goes when the jobs have ended', async () => {
    const jobId = await failStop();
    getFlink().setState(jobId, 'CANCELED');
    await reconcile();

    expect(await getCluster()).not.toHaveProperty('reason');
  });

  it('stays while Flink does not answer', async () => {
    await failStop();
    world.kubernetes.cluster(clusterId).ready = false;
    world.passTime(600);
    await reconcile();

    expect(await getCluster()).toMatchObject({ reason: 'SavepointFailed' });
  });
});
