import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import type { Cluster, Condition } from '#events/records/cluster.ts';
import { getStep } from '#test/fakes/workflows.ts';
import { callQueue } from '#test/unit/shared/clusters/admission/fixture.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  applied,
  breakImage,
  failToPull,
  getImage,
  getRollout,
  listDeploys,
  listRolloutEvents,
  startFirst,
} from './rollout-fixture.ts';

const findCondition = (cluster: Cluster | undefined, type: Condition['type']) =>
  cluster?.conditions.find((condition) => condition.type === type);

describe('a rollout', () => {
  it('tells its phases in events, in its operation and in its cluster', async () => {
    await startFirst();

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    expect(await getCluster()).toMatchObject({
      rollout: { phase: 'Checking', from: 1 },
      conditions: expect.arrayContaining([expect.objectContaining({ type: 'Progressing', status: 'True' })]),
    });
    await runWorkflows();

    expect(getRollout()?.rollout?.stateBytes).toBe(4_096);
    const told = [...world.store.events.values()].findLast(({ type }) => type === 'Flink Rollout State Change');
    expect(told?.detail).toMatchObject({ state: 'SUCCEEDED', stateBytes: 4_096 });
    expect(listRolloutEvents()).toEqual([
      'IN_PROGRESS Checking',
      'IN_PROGRESS Snapshotting',
      'IN_PROGRESS Starting',
      'IN_PROGRESS Verifying',
      'SUCCEEDED Verifying',
    ]);
    expect(getRollout()?.rollout?.phases.map(({ name }) => name)).toEqual([
      'Checking',
      'Snapshotting',
      'Starting',
      'Verifying',
    ]);
    const cluster = await getCluster();
    expect(findCondition(cluster, 'Stable')).toMatchObject({ status: 'True', reason: 'Verified' });
    expect(findCondition(cluster, 'Progressing')).toMatchObject({ status: 'False', reason: 'RolloutEnded' });
  });

  it('leaves the old incarnation running when its savepoint fails', async () => {
    await startFirst();
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: no space' });

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
    expect(getImage()).toBe('flink:2.3');
    const cluster = await getCluster();
    expect(cluster?.rollout).toBeUndefined();
    expect(findCondition(cluster, 'Progressing')).toMatchObject({ status: 'False', reason: 'RolloutFailed' });
    // The rollout says nothing about the revision that runs on.
    expect(findCondition(cluster, 'Stable')).toBeUndefined();
  });

  it('starts without state after a failed savepoint only if the caller says so', async () => {
    await startFirst();
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: no space' });

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', { fallback: 'none' }) }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(listDeploys().at(-1)?.restoredFrom).toBeUndefined();
  });

  it('ends nothing when the API server refuses the new objects', async () => {
    await startFirst();
    world.kubernetes.failNext('dryRun', new Fault('refused-option', 'spec.replicas: invalid'));

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'refused-option' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it.each([
    ['does not start', failToPull, 'ImagePullBackOff'],
    [
      'fails while it is watched',
      () => getFlink().setState([...getFlink().jobs.keys()][0] ?? '', 'RUNNING'),
      undefined,
    ],
  ] as const)('returns to the stable revision when the new one %s', async (_what, spoil, reason) => {
    await startFirst();
    breakImage('flink:2.3.1', () => {
      spoil();
      if (reason === undefined) getFlink().restarts = 1;
    });

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    const operation = getRollout();
    expect(operation).toMatchObject({
      state: 'FAILED',
      problem: { code: 'rollout-failed', reason: reason ?? 'Restarted' },
      rollout: { rolledBackTo: 1, phase: 'RollingBack' },
    });
    expect(getImage()).toBe('flink:2.3');
    const cluster = await getCluster();
    expect(cluster).toMatchObject({ state: 'RUNNING', revision: 3 });
    const path = operation?.rollout?.snapshot?.path;
    const failure =
      reason === undefined
        ? /^Revision 2 was not stable \(Restarted\): Flink restarted job .* 0 are allowed\./
        : /^Revision 2 did not start \(ImagePullBackOff\): not found\./;
    const runs = `Revision 3, the spec of revision 1, runs again from savepoint ${path}.`;
    expect(operation?.problem?.detail).toMatch(failure);
    expect(operation?.problem?.detail.endsWith(` ${runs}`)).toBe(true);
    expect(operation?.rollout?.to).toBe(2);
    const stable = findCondition(cluster, 'Stable');
    expect(stable).toMatchObject({ status: 'True', reason: 'RolledBack' });
    expect(stable?.message?.startsWith(`${runs} Revision 2 `)).toBe(true);
    expect(findCondition(cluster, 'Progressing')).toMatchObject({ status: 'False', reason: 'RolloutFailed' });
    const deploys = listDeploys();
    expect(deploys.at(-1)?.restoredFrom).toBe(operation?.rollout?.snapshot?.path);
    expect(await world.store.revision(clusterRef, 2)).toBeDefined();
  });

  it.each([
    [
      'no checkpoint is completed',
      () => (getFlink().checkpointing = { intervalMs: 1_000, completed: 0 }),
      'NoCheckpoint',
    ],
    [
      'not all tasks run',
      () => getFlink().setTasks([...getFlink().jobs.keys()][0] ?? '', { total: 2, running: 1 }),
      'TasksNotRunning',
    ],
    [
      'its program fails',
      () => getFlink().setState([...getFlink().jobs.keys()][0] ?? '', 'FAILED', 'boom'),
      'ProgramFailed',
    ],
  ] as const)('is not stable when %s', async (_what, spoil, reason) => {
    await startFirst();
    breakImage('flink:2.3.1', spoil);

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason }, rollout: { rolledBackTo: 1 } });
    expect(getImage()).toBe('flink:2.3');
  });

  it('is stable after its first checkpoint, and with as many restarts as are allowed', async () => {
    await startFirst();
    breakImage('flink:2.3.1', () => {
      getFlink().checkpointing = { intervalMs: 1_000, completed: 1 };
      getFlink().restarts = 2;
    });

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', { maxRestarts: 2 }) }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it.each([
    ['is stable when Flink answers again', 150, 'SUCCEEDED'],
    ['is not stable when Flink does not answer for longer', 900, 'FAILED'],
  ])('at the end of its time %s', async (_what, seconds, state) => {
    await startFirst();
    let answersFrom: number | undefined;
    world.workflows.beforeWait = async () => {
      const cluster = await getCluster();
      if (cluster?.state !== 'RUNNING' || cluster.revision !== 2) return;
      answersFrom ??= world.ports.now().getTime() + seconds * 1_000;
      getFlink().leaderless = world.ports.now().getTime() < answersFrom;
    };

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state });
  });

  it('keeps an unstable revision if the caller says so', async () => {
    await startFirst();
    breakImage('flink:2.3.1', () => {
      getFlink().restarts = 1;
    });

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', { onFailure: 'keep' }) }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { reason: 'Restarted', detail: expect.stringMatching(/ allowed\. Revision 2 runs on\.$/) },
    });
    expect(getRollout()?.rollout?.rolledBackTo).toBeUndefined();
    expect(getImage()).toBe('flink:2.3.1');
    const cluster = await getCluster();
    expect(cluster).toMatchObject({ state: 'RUNNING', revision: 2 });
    expect(findCondition(cluster, 'Stable')).toMatchObject({ status: 'False', reason: 'RolloutFailed' });
    const revision = await world.store.revision(clusterRef, 2);
    expect(revision?.value.unstable).toMatchObject({ code: 'rollout-failed' });
  });

  it('suspends the cluster with its state when the stable revision does not start again', async () => {
    await startFirst();
    const { kubernetes } = world;
    const apply = kubernetes.apply.bind(kubernetes);
    kubernetes.apply = async (manifests, operationId) => {
      const created = await apply(manifests, operationId);
      failToPull();
      return created;
    };

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    const operation = getRollout();
    const path = operation?.rollout?.snapshot?.path ?? 'none';
    expect(operation).toMatchObject({ state: 'FAILED', rollout: { suspended: true } });
    expect(operation?.problem?.detail).toContain(path);
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED', snapshot: { path } });

    kubernetes.apply = apply;
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.2') }, world);
    await runWorkflows();
    expect(listDeploys().at(-1)).toMatchObject({ state: 'SUCCEEDED', restoredFrom: path });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('does not start anything when the program ended before its savepoint', async () => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    const [jobId = ''] = getFlink().jobs.keys();
    getFlink().setState(jobId, 'FAILED', 'boom');

    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'ProgramEnded' } });
    expect(await getCluster()).toMatchObject({ state: 'FAILED' });
    expect(listDeploys()).toHaveLength(1);
  });

  it('is not replaced by a stop that needs the savepoint which it does not take', async () => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', { state: 'none' }) }, world);
    await getStep('rollout', 'endIncarnation')({ operationId: getRollout()?.operationId ?? '' }, world.ports);

    const data = { savepoint: 'required', savepointDirectory };
    expect(await sendHttp('stop', { clusterId, data }, world)).toMatchObject({
      code: 'wrong-state',
      detail: expect.stringContaining('Wait for its end, or stop without a required savepoint.'),
    });
    await runWorkflows();
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('ends nothing while starts on the target are paused', async () => {
    await startFirst();
    await callQueue('PUT', '', {}, { paused: true });
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'Paused' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('is superseded by a newer apply before it ends the old incarnation', async () => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    const first = getRollout()?.operationId ?? '';

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.2') }, world);
    await runWorkflows();

    expect((await world.store.operation(first))?.value).toMatchObject({
      state: 'CANCELED',
      problem: { code: 'superseded' },
    });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getImage()).toBe('flink:2.3.2');
    expect(await world.revisionSpecs.read(first)).toBeUndefined();
  });

  it.each(['Checking', 'Verifying'])('ends with a stop in %s', async (phase) => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    const stopNow = () => sendHttp('stop', { clusterId, data: {} }, world);
    if (phase === 'Checking') await stopNow();
    else {
      const passTime = world.workflows['passTime'];
      let isStopped = false;
      Object.assign(world.workflows, {
        passTime: (seconds: number) => {
          passTime(seconds);
          if (!isStopped && getRollout()?.rollout?.phase === 'Verifying') {
            isStopped = true;
            void stopNow();
          }
        },
      });
    }
    await runWorkflows();
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(await getCluster()).toMatchObject({ state: expect.stringMatching(/^(STOPPED|CANCELED)$/) });
    expect((await getCluster())?.rollout).toBeUndefined();
  });
});
