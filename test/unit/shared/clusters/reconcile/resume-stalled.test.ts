import { describe, expect, it } from 'vitest';

import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { sendHttp, sendMessage } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getLastOperation,
  jar,
  reconcile,
  runWorkflows,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('a stalled operation', () => {
  const send = sendHttp;

  it('fails at its deadline when it is a deploy', async () => {
    world.kubernetes.unreachable = true;
    await sendMessage('deploy', { clusterId, data: session }, world);
    world.kubernetes.unreachable = false;
    world.passTime(3_600);
    await reconcile();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it('starts its workflow when it is a stop whose process died', async () => {
    await startSession(send);
    await send('stop', { clusterId }, world);
    world.workflows.started.length = 0;
    world.passTime(180);
    await reconcile();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('is resumed when it is a cancel', async () => {
    const jobId = await submitJob(send);
    world.kubernetes.cluster(clusterId).flink.leaderless = true;
    await send('cancel', { clusterId, jobId }, world);
    const { state: left } = getLastOperation()!;
    world.kubernetes.cluster(clusterId).flink.leaderless = false;
    const id = getLastOperation()!.operationId;
    const { value, version } = world.store.operations.get(id)!;
    world.store.operations.set(id, { value: { ...value, deadline: '2026-11-24T00:00:00.000Z' }, version });
    world.passTime(180);
    await reconcile();

    expect([left, getLastOperation()?.state]).toEqual(['PENDING', 'SUCCEEDED']);
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'CANCELED' } });
  });
});

describe('an operation at its deadline', () => {
  const send = sendHttp;

  it('fails when it is a submit that was not resumed', async () => {
    await startSession(send);
    await send('submit', { clusterId, data: { jar } }, world);
    world.passTime(3 * 3_600);
    await dispatchReconcile(world.ports);

    expect(getLastOperation()).toMatchObject({
      kind: 'submit',
      state: 'FAILED',
      problem: { code: 'deadline-exceeded' },
    });
  });

  it('fails when it is a stop, and the cluster is still recorded as STOPPED', async () => {
    await startSession(send);
    await send('stop', { clusterId }, world);
    world.passTime(3 * 3_600);
    await dispatchReconcile(world.ports);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'stop', state: 'FAILED' });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });
});
