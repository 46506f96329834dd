import { describe, expect, it } from 'vitest';

import { deliverTimerEvent } from '#test/fakes/lambda.ts';
import { renewJars } from '#shared/clusters/reconcile/renew-jars.ts';
import { Fault } from '#events/problems/problem.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getStep } from '#test/fakes/workflows.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  jar,
  limitTarget,
  reconcile,
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
  options,
  specOf,
  startFirst,
} from './rollout-fixture.ts';

describe('a suspended cluster', () => {
  const suspendCluster = async (data: object = { savepointDirectory }) => {
    await startFirst();
    await sendHttp('suspend', { clusterId, data: { ...data } }, world);
    await runWorkflows();
  };

  it('has no objects, keeps its snapshot and holds no capacity', async () => {
    await suspendCluster();

    const path = getRollout()?.rollout?.snapshot?.path ?? 'none';
    expect(getRollout()).toMatchObject({ kind: 'suspend', state: 'SUCCEEDED' });
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED', snapshot: { path }, revision: 1 });
    expect((await world.kubernetes.observe(clusterId)).deployment).toBeUndefined();
    expect(world.store.released.has(listDeploys()[0]?.operationId ?? '')).toBe(true);
    await reconcile();
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED' });
  });

  it('resumes the same spec from its snapshot', async () => {
    await suspendCluster();
    const path = getRollout()?.rollout?.snapshot?.path ?? 'none';

    await sendHttp('resume', { clusterId, data: { stableWithin: '1min' } }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'resume', state: 'SUCCEEDED' });
    expect(listDeploys().at(-1)).toMatchObject({ state: 'SUCCEEDED', restoredFrom: path });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 2 });
  });

  it('is resumed a day later, with a new lifetime', async () => {
    await startFirst({ lifetime: { ttl: '1h' } });
    await reconcile();
    const ends = [...world.timers.oneTime.values()].map(({ timerEvent }) => timerEvent);
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    const path = getRollout()?.rollout?.snapshot?.path ?? 'none';

    world.passTime(26 * 60 * 60);
    for (const end of ends) await deliverTimerEvent(end, world.ports);
    await reconcile();
    await runWorkflows();
    const suspended = await getCluster();
    await sendHttp('resume', { clusterId, data: { stableWithin: '1min' } }, world);
    await runWorkflows();

    expect(ends.length).toBeGreaterThan(0);
    expect(suspended).toMatchObject({ state: 'SUSPENDED', snapshot: { path } });
    expect(listDeploys().at(-1)).toMatchObject({ state: 'SUCCEEDED', restoredFrom: path });
    const cluster = await getCluster();
    expect(cluster).toMatchObject({ state: 'RUNNING' });
    expect(cluster?.lifetime?.endsAt).toBe(new Date(Date.parse(cluster?.createdAt ?? '') + 60 * 60_000).toISOString());
  });

  it('is suspended again when it does not start', async () => {
    await suspendCluster();
    const path = getRollout()?.rollout?.snapshot?.path ?? 'none';
    breakImage('flink:2.3', failToPull);

    await sendHttp('resume', { clusterId, data: {} }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'resume', state: 'FAILED', rollout: { suspended: true } });
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED', snapshot: { path } });
  });

  it('has its snapshot also when the execution of its rollout fails before the stop has ended', async () => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    const operationId = getRollout()?.operationId ?? '';
    const ended = await getStep('rollout', 'endIncarnation')({ operationId }, world.ports);
    const error = { Error: 'Lambda.Unknown' };
    await getStep('rollout', 'recordResult')({ ...(ended as { operationId: string }), error }, world.ports);
    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'internal' } });
    expect(await getCluster()).toMatchObject({ state: 'STOPPING' });

    await runWorkflows();

    const cluster = await getCluster();
    expect(cluster).toMatchObject({ state: 'SUSPENDED', snapshot: { kind: 'savepoint' } });
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.2') }, world);
    await runWorkflows();
    expect(listDeploys().at(-1)).toMatchObject({ state: 'SUCCEEDED', restoredFrom: cluster?.snapshot?.path });
  });

  it('starts without its state if an apply drops it', async () => {
    await suspendCluster();

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', { state: 'none' }) }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'apply', state: 'SUCCEEDED' });
    expect(listDeploys().at(-1)?.restoredFrom).toBeUndefined();
  });

  it('is not deployed, but stopped', async () => {
    await suspendCluster();

    const outcome = await sendHttp('deploy', { clusterId, data: specOf('flink:2.3') }, world);
    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'id-taken' });

    await sendHttp('stop', { clusterId, data: {} }, world);
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: expect.stringMatching(/^(STOPPED|FINISHED)$/) });
  });
});

describe('a rollout that ends nothing', () => {
  it('leaves what is known about the stability of the cluster', async () => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();
    world.kubernetes.failNext('dryRun', new Fault('refused-option', 'spec.replicas: invalid'));

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.2') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED' });
    const stable = (await getCluster())?.conditions.find(({ type }) => type === 'Stable');
    expect(stable).toMatchObject({ status: 'True', reason: 'Verified' });
  });
});

describe('a restart and a rollback', () => {
  it('restart runs the same spec from a savepoint', async () => {
    await startFirst();

    await sendHttp('restart', { clusterId, data: options }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'restart', state: 'SUCCEEDED', rollout: { from: 1, to: 2 } });
    expect(listDeploys().at(-1)?.restoredFrom).toBe(getRollout()?.rollout?.snapshot?.path);
    expect(getImage()).toBe('flink:2.3');
  });

  it('rollback runs the last stable revision with another spec', async () => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    await sendHttp('rollback', { clusterId, data: options }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'rollback', state: 'SUCCEEDED', rollout: { from: 2, to: 3 } });
    expect(getImage()).toBe('flink:2.3');
  });

  it('refuses a rollback without an earlier revision', async () => {
    await startFirst();

    expect(await sendHttp('rollback', { clusterId, data: options }, world)).toMatchObject({ code: 'not-found' });
  });
});

describe('a rollout of a session', () => {
  const startSession = async () => {
    await sendHttp('deploy', { clusterId, data: { mode: 'session', image: 'flink:2.3' } }, world);
    await runWorkflows();
  };
  const submitJob = async () => {
    await sendHttp('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();
  };
  const session = (image: string) => ({ mode: 'session', image, rollout: options });

  it('starts its jobs again from their savepoints', async () => {
    await startSession();
    await submitJob();
    // The submits of the restored jobs are admitted while the rollout watches the session.
    world.workflows.beforeWait = async () => {
      await world.admissionQueue.send('local');
      await runQueues(world);
    };

    await sendHttp('apply', { clusterId, data: session('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    const restored = listDeploys().at(-1)?.restoredJobs ?? [];
    expect(restored).toHaveLength(1);
    expect(restored[0]?.savepoint).toContain(savepointDirectory);
    expect(getFlink().jobs.size).toBe(1);
  });

  it('starts without jobs when it had none', async () => {
    await startSession();

    await sendHttp('apply', { clusterId, data: session('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getImage()).toBe('flink:2.3.1');
  });

  it('ends nothing when a job could not start again', async () => {
    await startSession();
    await submitJob();
    world.jars.stored.clear();

    await sendHttp('apply', { clusterId, data: session('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { phase: 'Checking' } });
    expect(getRollout()?.problem?.detail).toContain('is no longer stored');
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
    expect(getFlink().jobs.size).toBe(1);
  });

  it('returns to the stable revision with its jobs', async () => {
    await startSession();
    await submitJob();
    breakImage('flink:2.3.1', failToPull);
    // The submits of the restored jobs.
    world.workflows.beforeWait = () => runQueues(world);

    await sendHttp('apply', { clusterId, data: session('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
    expect(listDeploys().at(-1)?.restoredJobs).toHaveLength(1);
    expect(getFlink().jobs.size).toBe(1);
  });

  it('starts its jobs again by a resume that follows failed ones', async () => {
    await startSession();
    await submitJob();
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    const { kubernetes } = world;
    const apply = kubernetes.apply.bind(kubernetes);
    breakImage('flink:2.3', failToPull);
    for (const stableWithin of ['1min', '2min']) {
      await sendHttp('resume', { clusterId, data: { stableWithin } }, world);
      await runWorkflows();
      expect(getRollout()).toMatchObject({ kind: 'resume', state: 'FAILED', rollout: { suspended: true } });
    }
    kubernetes.apply = apply;

    await renewJars(world.ports);
    await sendHttp('resume', { clusterId, data: { stableWithin: '1min' } }, world);
    world.workflows.beforeWait = async () => {
      await world.admissionQueue.send('local');
      await runQueues(world);
    };
    await runWorkflows();

    expect(world.jars.renewed).toEqual([jar]);
    expect(getRollout()).toMatchObject({ kind: 'resume', state: 'SUCCEEDED' });
    expect(listDeploys().at(-1)?.restoredJobs?.[0]?.savepoint).toContain(savepointDirectory);
    expect(getFlink().jobs.size).toBe(1);
    expect((await getCluster())?.jobsFrom).toBeUndefined();
  });
});

describe('a target with limits', () => {
  it('keeps the place of a cluster between two incarnations, and not that of a suspended one', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await startFirst();
    await runQueues(world);
    await runWorkflows();
    await sendHttp('deploy', { clusterId: 'other', data: specOf('flink:2.3') }, world);
    // The admission passes of the stops and deploys of the rollout.
    world.workflows.beforeWait = async () => {
      await world.admissionQueue.send('local');
      await runQueues(world);
    };

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'apply', state: 'SUCCEEDED' });
    expect(await getCluster('other')).toMatchObject({ state: 'QUEUED' });

    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    await world.admissionQueue.send('local');
    await runQueues(world);
    await runWorkflows();
    expect(await getCluster()).toMatchObject({ state: 'SUSPENDED' });
    expect(await getCluster('other')).toMatchObject({ state: 'RUNNING' });
  });
});
