import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  limitTarget,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { handleTimerEvent, hour, listStops, reconcileMinutes, startSession, submitJob } from './fixture.ts';

describe('a required savepoint that fails at the end of a lifetime', () => {
  const failSavepoint = async () => {
    await startSession({ ttl: '1h', savepoint: 'required', savepointDirectory });
    await submitJob();
    world.kubernetes.cluster(clusterId).flink.savepoint = () => ({ failure: 'java.io.IOException: disk full' });
    world.passTime(hour);
    await handleTimerEvent('end');
    await runWorkflows();
  };

  it('keeps the cluster, and publishes the failed stop', async () => {
    await failSavepoint();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', reason: 'SavepointFailed' });
    expect(world.store.writtenTransitions.at(-1)).toMatchObject({
      from: 'STOPPING',
      to: 'RUNNING',
      reason: 'SavepointFailed',
    });
    expect(listStops()).toMatchObject([{ value: { state: 'FAILED', problem: { code: 'savepoint-failed' } } }]);
  });

  it('is retried after ten minutes, and then ends the cluster', async () => {
    await failSavepoint();
    world.kubernetes.cluster(clusterId).flink.savepoints.clear();
    world.kubernetes.cluster(clusterId).flink.savepoint = () => ({ location: `${savepointDirectory}/1` });

    await reconcileMinutes(9);
    expect(listStops()).toHaveLength(1);
    await reconcileMinutes(2);
    await runWorkflows();
    await reconcileMinutes(2);

    expect(listStops()).toHaveLength(2);
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect([...world.store.jobRecords.values()]).toMatchObject([{ value: { savepoint: `${savepointDirectory}/1` } }]);
  });

  it('is retried after the target was unreachable until the deadline of the stop', async () => {
    await startSession({ ttl: '1h', savepoint: 'required', savepointDirectory });
    await submitJob();
    world.kubernetes.unreachable = true;
    await reconcileMinutes(100);
    world.kubernetes.unreachable = false;

    await reconcileMinutes(10);
    await runWorkflows();

    expect([...world.store.jobRecords.values()]).toMatchObject([
      { value: { state: 'FINISHED', savepoint: expect.stringContaining(savepointDirectory) } },
    ]);
  });
});

describe('a failed stop with required savepoints', () => {
  it('ends the cluster when its Deployment was deleted in the meantime', async () => {
    await startSession(undefined);
    await submitJob();
    await sendHttp('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    world.kubernetes.deleteByHand(clusterId);
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: 'STOPPING' });

    await reconcileMinutes(6);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });
});

describe('a stop with required savepoints of a QUEUED cluster', () => {
  it('ends the cluster, which has nothing to save', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await sendHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await startSession(undefined);
    expect(await getCluster()).toMatchObject({ state: 'QUEUED' });

    await sendHttp('stop', { clusterId, data: { savepoint: 'required' } }, world);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(listStops()).toMatchObject([{ value: { state: 'SUCCEEDED' } }]);
  });
});
