import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import type { WorkflowName } from '#events/commands/define.ts';
import { listOpenOperations, selectStalled } from '#shared/clusters/reconcile/stalled/resume-stalled.ts';
import { maxUnderWay, startPass, processStalledWork } from '#shared/clusters/reconcile/stalled/stalled-work.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { sendHttp, sendMessage } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getLastOperation,
  getState,
  listOperations,
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

  it('is resumed when it is a deploy whose Deployment exists, and a stop then waits for creations in flight', async () => {
    const commit = world.store.commit.bind(world.store);
    world.store.commit = (change) =>
      world.kubernetes.clusters.size > 0 ? Promise.reject(new Error('the process died')) : commit(change);
    await sendMessage('deploy', { clusterId, data: session }, world).catch(() => undefined);
    world.store.commit = commit;
    world.passTime(180);
    await reconcile();
    const deployed = await getCluster();
    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(deployed).toMatchObject({ state: 'DEPLOYING' });
    const [stopped] = world.store.writtenTransitions.filter(({ to }) => to === 'STOPPED');
    expect(Date.parse(stopped?.at ?? '')).toBeGreaterThan(Date.parse(deployed?.updatedAt ?? '') + 59_000);
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

describe('500 stops whose state machines were not started', () => {
  const ids = Array.from({ length: 500 }, (_, index) => `c${index}`);

  /** State machines that start at once, as in Step Functions. Counts those that run at the same time. */
  const watchExecutions = () => {
    const watched = { started: [] as string[], running: 0, max: 0 };
    const run = async (workflow: WorkflowName, operationId: string) => {
      watched.running += 1;
      watched.max = Math.max(watched.max, watched.running);
      await world.workflows.run(workflow, operationId, world.ports);
      watched.running -= 1;
    };
    world.workflows.start = async (workflow, { operationId }) => {
      if (watched.started.includes(operationId)) return false;
      watched.started.push(operationId);
      void run(workflow, operationId);
      return true;
    };
    return watched;
  };

  it('are all resumed, the oldest first, and a few at a time', { timeout: 300_000 }, async () => {
    for (const id of ids) await sendHttp('deploy', { clusterId: id, data: session }, world);
    await runWorkflows();
    for (const id of ids.toReversed()) {
      world.passTime(0.1);
      await sendHttp('stop', { clusterId: id }, world);
    }
    const oldestFirst = listOperations()
      .filter(({ kind }) => kind === 'stop')
      .map(({ operationId }) => operationId);
    world.workflows.started.length = 0;
    world.passTime(180);
    const watched = watchExecutions();
    // All that is under way sleeps at the same time, and state machines run in the meantime.
    const sleep = async (ms: number) => {
      world.passTime(ms / 1_000 / maxUnderWay);
      await setImmediate();
    };
    Object.assign(world.ports, { sleep });
    let passes = 0;
    for (; world.kubernetes.clusters.size > 0 && passes < 60; passes += 1) {
      const target = await world.targets.get('local');
      const operations = await listOpenOperations('local', world.ports);
      await processStalledWork(selectStalled(operations, world.ports), startPass(target, world.ports));
      world.passTime(40);
    }

    const states = await Promise.all(ids.map((id) => getState(id)));
    expect(new Set(states)).toEqual(new Set(['STOPPED']));
    const displacements = oldestFirst.map((id, index) => Math.abs(watched.started.indexOf(id) - index));
    expect(watched.started).toHaveLength(ids.length);
    expect(Math.max(...displacements)).toBeLessThan(maxUnderWay);
    expect(watched.max).toBeLessThanOrEqual(maxUnderWay);
    expect(passes).toBeGreaterThan(1);
  });
});
