import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getLastOperation,
  listStates,
  reconcile,
  runWorkflows,
  session,
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
    world.passTime(3 * 60);
    await reconcile();

    expect([...world.kubernetes.clusters.keys()]).toEqual(['other']);
  });

  it('leaves the Deployment of a deploy that has just failed to its cleanup, which keeps the logs', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId, data: session }, world);
    const { operationId } = getLastOperation()!;
    await failDeploy(operationId, new Fault('deployment-failed', 'main() threw'), world.ports);
    await reconcile();
    expect([...world.kubernetes.clusters.keys()]).toEqual([clusterId]);

    await world.ports.workflows.start('cleanup', getLastOperation()!);
    await runWorkflows();
    expect([...world.kubernetes.clusters.keys()]).toEqual([]);
    expect((await getCluster())?.conditions).toContainEqual(
      expect.objectContaining({ type: 'LogsKept', status: 'True' }),
    );
  });

  it('does not record the trouble of a pod that another Deployment owns', async () => {
    await startSession(send);
    const [own] = await world.kubernetes.listPods([clusterId]);
    const trouble = { reason: 'CrashLoopBackOff', message: 'of another', exitCode: 1 };
    world.kubernetes.foreignPods.push({ ...own!, operationId: undefined, ownerUids: ['another'], trouble });
    await reconcile();

    expect((await getCluster())?.conditions.filter(({ type }) => type === 'Healthy')).toEqual([]);
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
      'exitCode=1, reason=Error, message=null)], pod status: Failed(reason=null, message=null). Its log is gone with its pod. Set terminationMessagePolicy: FallbackToLogsOnError',
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
    ['later lines push it out', 'INFO Nothing.\n'.repeat(160)],
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

  describe('a TaskManager that cannot start', () => {
    const name = `${clusterId}-taskmanager-1-1`;
    const end = 'container flink-main-container ended with exit code 1 (Error)';
    const words = 'Plugin flink-s3-fs-hadoop-9.9.9.jar does not exist. Exiting.';
    const pod = {
      name,
      component: 'taskmanager',
      phase: 'Failed',
      ready: false,
      restarts: 0,
      reached: {},
      trouble: { reason: 'Error', message: end, exitCode: 1 },
    } as const;
    const health = async () => (await getCluster())?.conditions.find(({ type }) => type === 'Healthy');
    const startWithoutTasks = async () => {
      await startSession(send);
      const cluster = world.kubernetes.cluster(clusterId);
      cluster.flink.addJob('a'.repeat(32), { state: 'RUNNING', tasks: { total: 4, scheduled: 4 } });
      world.passTime(120);
      return cluster;
    };
    const terminated = (message: string) =>
      `INFO Worker ${name} is terminated. Diagnostics: Pod terminated, container termination statuses: ` +
      `[flink-main-container(exitCode=1, reason=Error, message=${message})], pod status: Failed(reason=null, message=null)\nINFO Retrying.`;

    it('is explained by the end of its log, also when its pod is gone later', async () => {
      const cluster = await startWithoutTasks();
      cluster.taskManagers.push({ pod, log: `Enabling required built-in plugins\n${words}` });
      await reconcile();
      const seen = await health();
      cluster.taskManagers.length = 0;
      cluster.log = terminated('null');
      world.passTime(60);
      await reconcile();

      expect(seen).toMatchObject({ status: 'False', reason: 'TaskManagerFailed' });
      expect(seen?.message).toBe(
        `TaskManager ${name}: ${end}. Its log ends with: Enabling required built-in plugins\n${words}`,
      );
      expect(await health()).toEqual(seen);
    });

    it('is explained by its exit code when its log is gone, and by its log when that is read later', async () => {
      const cluster = await startWithoutTasks();
      cluster.taskManagers.push({ pod });
      await reconcile();
      const gone = await health();
      cluster.taskManagers.splice(0, 1, { pod, log: words });
      await reconcile();

      expect(gone?.message).toContain(`TaskManager ${name}: ${end}. Its log is gone with its pod.`);
      expect((await health())?.message).toContain(`Its log ends with: ${words}`);
    });

    it('is explained by the message of its end, of which Flink logs every line', async () => {
      const cluster = await startWithoutTasks();
      cluster.log = terminated(`${'Enabling plugins\n'.repeat(79)}${words}`);
      await reconcile();

      expect((await health())?.message).toMatch(
        new RegExp(
          `^TaskManager ${name}: Pod terminated, .*exitCode=1, .* Its log ends with: (Enabling plugins\n)+${words}$`,
        ),
      );
    });

    it('is explained by the message of its end that Kubernetes keeps in the pod', async () => {
      const cluster = await startWithoutTasks();
      cluster.taskManagers.push({ pod: { ...pod, trouble: { ...pod.trouble, message: `${end}; ${words}` } } });
      await reconcile();

      expect((await health())?.message).toBe(`TaskManager ${name}: ${end}. Its log ends with: ${words}`);
    });

    it('is explained also in the cause of a job that failed without it', async () => {
      const jobId = await submitJob(send);
      const cluster = world.kubernetes.cluster(clusterId);
      cluster.log = terminated('null');
      cluster.taskManagers.push({ pod, log: words });
      cluster.flink.setState(
        jobId,
        'FAILED',
        'a.NoResourceAvailableException: Could not acquire the minimum resources.',
      );
      await observeJobs(clusterRef, world.ports);

      expect((await world.store.job(clusterRef, jobId))?.value.message).toContain(
        `TaskManager ${name}: ${end}. Its log ends with: ${words}`,
      );
    });

    it.each(['readLog', 'observe'] as const)('is recorded also when %s fails', async (method) => {
      const cluster = await startWithoutTasks();
      if (method === 'readLog') cluster.taskManagers.push({ pod, log: words });
      else cluster.log = terminated('null');
      world.kubernetes.failNext(method, new Fault('target-refused', 'forbidden'));
      await reconcile();

      expect((await health())?.message).toContain('exit');
    });
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
