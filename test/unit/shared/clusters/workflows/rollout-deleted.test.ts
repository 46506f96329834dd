import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  listOperations,
  reconcile,
  runWorkflows,
  savepointDirectory,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { applyNext, config, getRestored, highAvailability, startWith, store, toPath } from './last-state-fixture.ts';
import { getImage, getRollout, listDeploys } from './rollout-fixture.ts';

/** A person deletes the Deployment while Flink takes the savepoint. */
const deleteDuringSavepoint = () => {
  getFlink().savepoint = () => {
    world.kubernetes.deleteByHand(clusterId);
    return { failure: 'The coordinator was shut down.' };
  };
};
const listData = () => [...(world.kubernetes.highAvailability.get(clusterId) ?? [])];

describe('a rollout whose Deployment is deleted while it takes the savepoint', () => {
  it('starts from the last checkpoint in the high-availability data, and deletes the data after that', async () => {
    const jobId = await startWith(highAvailability);
    store(jobId, 42);
    deleteDuringSavepoint();

    await applyNext(highAvailability, {});

    expect(getRollout()).toMatchObject({
      state: 'SUCCEEDED',
      rollout: {
        snapshot: { kind: 'checkpoint', path: toPath(jobId, 42) },
        fallbackReason: expect.stringContaining('Deployment was deleted'),
      },
    });
    expect(getRestored()).toBe(toPath(jobId, 42));
    expect(listData()).toEqual([]);
  });

  it('keeps the high-availability data when it has no checkpoint', async () => {
    const jobId = await startWith(highAvailability);
    store(jobId);
    deleteDuringSavepoint();

    await applyNext(highAvailability, {});

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { reason: 'NoSnapshot', detail: expect.stringContaining('high-availability data was kept') },
    });
    expect(listDeploys()).toHaveLength(1);
    expect(listData()).toHaveLength(1);
  });

  it('leaves nothing of a job that has ended by itself just before its pods', async () => {
    const jobId = await startWith(highAvailability);
    store(jobId, 42);
    // Its logs are kept after the last look at the job, and before its pods are deleted.
    world.keptLogs.onRequest = () =>
      void world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));

    await applyNext(highAvailability);

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { reason: 'NoSnapshot', detail: expect.not.stringContaining('was kept') },
    });
    expect(listDeploys()).toHaveLength(1);
    expect(listData()).toEqual([]);
  });

  it('starts nothing without high availability, and says at once where checkpoints may be', async () => {
    await startWith({ config });
    deleteDuringSavepoint();
    const startMs = world.ports.now().getTime();

    await applyNext({ config }, {});

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { reason: 'NoSnapshot', detail: expect.stringContaining(config['execution.checkpointing.dir']) },
    });
    expect(listDeploys()).toHaveLength(1);
    expect(world.ports.now().getTime() - startMs).toBeLessThan(60_000);
  });
});

it('a session whose Deployment is deleted while it takes the savepoints starts no job without its state', async () => {
  await submitJob(sendHttp);
  deleteDuringSavepoint();
  await sendHttp('restart', { clusterId, data: { savepointDirectory } }, world);
  // The rollout waits until the reconciler repeats the stop.
  world.workflows.beforeWait = reconcile;
  await runWorkflows();

  expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'NoSnapshot' } });
  expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  expect(listDeploys()).toHaveLength(1);
});

it('a rollout whose Deployment is deleted in Verifying returns to the stable revision', async () => {
  await startWith({ config });
  let isDeleted = false;
  world.workflows.beforeWait = async () => {
    if (isDeleted || (await getCluster())?.rollout?.phase !== 'Verifying') return;
    isDeleted = true;
    world.kubernetes.deleteByHand(clusterId);
    await reconcile();
  };

  await applyNext({ config }, { stableWithin: '4h' });

  expect(isDeleted).toBe(true);
  expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
  expect(getImage()).toBe('flink:2.3');
});

it('a stop that has lost the Deployment, and so its savepoint, deletes no high-availability data', async () => {
  store(await startWith(highAvailability), 42);
  deleteDuringSavepoint();
  const data = { savepoint: 'required', savepointDirectory, ha: 'purge' };
  await sendHttp('stop', { clusterId, data }, world);
  await runWorkflows();
  world.passTime(600);
  await reconcile();
  await runWorkflows();

  expect(listOperations().filter(({ kind }) => kind === 'stop')).toMatchObject([
    { state: 'FAILED' },
    { state: 'SUCCEEDED' },
  ]);
  expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  expect(listData()).toHaveLength(1);
});
