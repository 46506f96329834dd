import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  listStates,
  reconcile,
  runWorkflows,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('the reconciliation of a cluster', () => {
  const send = sendHttp;

  it('records a cluster as STOPPED with a reason when its Deployment was deleted manually', async () => {
    await submitJob(send);
    world.kubernetes.deleteByHand(clusterId);
    await reconcile();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED', reason: 'DeploymentDeleted' });
    expect(listStates().slice(-3)).toEqual(['STOPPING', 'job CANCELED', 'STOPPED']);
  });

  it('changes no state while the target is unreachable', async () => {
    const jobId = await submitJob(send);
    world.kubernetes.unreachable = true;
    await reconcile();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING' } });
  });

  it('does not report an unreachable JobManager when the store fails', async () => {
    const jobId = await submitJob(send);
    world.kubernetes.cluster(clusterId).flink.setState(jobId, 'FINISHED');
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if ((change.jobs ?? []).length > 0) throw new Fault('limit-reached', 'too many');
      return commit(change);
    };

    await expect(observeJobs(clusterRef, world.ports)).rejects.toMatchObject({
      code: 'limit-reached',
    });

    expect((await getCluster())?.conditions).not.toContainEqual(expect.objectContaining({ status: 'Unknown' }));
  });

  it('records an unreachable JobManager as a condition, and ends nothing', async () => {
    const jobId = await submitJob(send);
    world.kubernetes.cluster(clusterId).ready = false;
    await reconcile();

    expect(await getCluster()).toMatchObject({
      state: 'RUNNING',
      conditions: [{ type: 'Reachable', status: 'Unknown' }],
    });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING' } });
  });

  it('removes the Deployment that an ended deploy created, and no object of another owner', async () => {
    await startSession(send);
    const left = world.kubernetes.cluster(clusterId);
    await send('stop', { clusterId }, world);
    await runWorkflows();
    world.kubernetes.clusters.set(clusterId, left);
    world.kubernetes.createByHand('other');
    await reconcile();

    expect([...world.kubernetes.clusters.keys()]).toEqual(['other']);
  });

  it.each([
    { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container' },
    { reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient cpu.' },
  ])('records the trouble of a pod, $reason, as a condition until it has passed', async (trouble) => {
    await startSession(send);
    world.kubernetes.cluster(clusterId).trouble = trouble;
    await reconcile();
    const troubled = await getCluster();
    world.passTime(60);
    await reconcile();
    const lasting = await getCluster();
    world.kubernetes.cluster(clusterId).trouble = undefined;
    await reconcile();

    const health = { type: 'Healthy', status: 'False', reason: trouble.reason };
    const reachable = { type: 'Reachable', status: 'True' };
    expect(troubled).toMatchObject({ state: 'RUNNING', conditions: [reachable, health] });
    expect(troubled?.conditions[1]?.message).toContain(trouble.message);
    expect(lasting).toEqual(troubled);
    expect((await getCluster())?.conditions).toMatchObject([reachable, { type: 'Healthy', status: 'True' }]);
  });

  const refusal = 'pods "my-taskmanager-1-1" is forbidden: exceeded quota: q, requested: cpu=1, limited: cpu=1';

  it.each([
    [`Message: ${refusal}. Received status: Status(apiVersion=v1)`, 'QuotaExceeded', refusal],
    ['admission webhook "pods.example.com" denied the request: no label team', 'FailedCreate', 'no label team'],
    [
      'Message: Pod "my-taskmanager-1-1" is invalid: spec.x: Required value. Received status: S',
      'FailedCreate',
      'spec.x',
    ],
    [
      'Worker my-taskmanager-1-1 is terminated. Diagnostics: Pod terminated, container termination statuses: [flink-main-container(exitCode=1, reason=Error, message=null)], pod status: Failed(reason=null, message=null)',
      'TaskManagerFailed',
      "exitCode=1, reason=Error, message=null)], pod status: Failed(reason=null, message=null). The log of a TaskManager's pod tells why.",
    ],
  ])('records why Kubernetes refuses the TaskManagers: %s', async (line, reason, message) => {
    await startSession(send);
    const cluster = world.kubernetes.cluster(clusterId);
    const waiting = { total: 4, scheduled: 4 };
    cluster.flink.addJob('a'.repeat(32), { state: 'RUNNING', tasks: waiting });
    world.passTime(120);
    cluster.log = `INFO Starting.\njava.util.concurrent.CompletionException: ${line}\nINFO Retrying.`;
    await reconcile();

    expect((await getCluster())?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Healthy', status: 'False', reason, message: expect.stringContaining(message) }),
    );

    cluster.flink.addJob('a'.repeat(32), { state: 'RUNNING', tasks: { total: 4, running: 4 } });
    await reconcile();
    expect((await getCluster())?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Healthy', status: 'True' }),
    );
  });

  it.each([
    ['a TaskManager has registered since', 'INFO Registering TaskManager with ResourceID my-taskmanager-1-2.'],
    ['later lines push it out', 'INFO Nothing.\n'.repeat(60)],
  ])('forgets a refusal when %s', async (_what, later) => {
    await startSession(send);
    const cluster = world.kubernetes.cluster(clusterId);
    cluster.flink.addJob('a'.repeat(32), { state: 'RUNNING', tasks: { total: 4, scheduled: 4 } });
    cluster.log = `x: Message: ${refusal}. Received status: Status()\n${later}`;
    world.passTime(120);
    await reconcile();

    expect((await getCluster())?.conditions).toMatchObject([{ type: 'Reachable', status: 'True' }]);
  });

  it.each([
    [
      'a quota refuses its pod',
      { noPod: true, warnings: [{ reason: 'FailedCreate', message: refusal, at: '2026-11-24T12:00:00Z' }] },
      'QuotaExceeded',
    ],
    [
      'a sidecar holds it up',
      { sidecarTrouble: { reason: 'CrashLoopBackOff', message: 'proxy ended' } },
      'CrashLoopBackOff',
    ],
  ])('records why Flink does not answer when %s', async (_what, state, reason) => {
    await startSession(send);
    Object.assign(world.kubernetes.cluster(clusterId), { ready: false, ...state });
    await reconcile();

    expect((await getCluster())?.conditions).toMatchObject([
      { type: 'Reachable', status: 'Unknown' },
      { type: 'Healthy', status: 'False', reason },
    ]);
  });

  it('observes the jobs also when the log is not available', async () => {
    await startSession(send);
    const { flink } = world.kubernetes.cluster(clusterId);
    flink.addJob('a'.repeat(32), { state: 'RUNNING', tasks: { total: 4, scheduled: 4 } });
    world.kubernetes.failNext('readLog', new Fault('target-refused', 'pods/log is forbidden'));
    world.passTime(120);
    await reconcile();

    expect((await getCluster())?.conditions).toMatchObject([{ type: 'Reachable', status: 'True' }]);
    expect(await world.store.job(clusterRef, 'a'.repeat(32))).toMatchObject({ value: { state: 'RUNNING' } });
  });
});
