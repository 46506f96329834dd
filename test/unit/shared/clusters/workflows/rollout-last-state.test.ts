import { beforeEach, describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  listOperations,
  reconcile,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  applyNext,
  complete,
  getJobId,
  getRestored,
  highAvailability,
  lastState,
  retained,
  startWith,
  store,
  toPath,
} from './last-state-fixture.ts';
import { getImage, getRollout, listDeploys } from './rollout-fixture.ts';

describe('a rollout with last-state and high availability', () => {
  let jobId: string;
  beforeEach(async () => {
    jobId = await startWith(highAvailability);
  });

  it('starts from the checkpoint that was completed last before the pods were gone', async () => {
    complete(jobId, 41);
    store(jobId, 42);

    await applyNext(highAvailability);

    expect(getRollout()).toMatchObject({
      state: 'SUCCEEDED',
      rollout: { snapshot: { kind: 'checkpoint', path: toPath(jobId, 42) } },
    });
    expect(getRestored()).toBe(toPath(jobId, 42));
    expect(getImage()).toBe('flink:2.3.1');
  });

  it('cancels no job, and lets Flink delete nothing', async () => {
    complete(jobId, 41);
    store(jobId, 41);
    const flink = getFlink();

    await applyNext(highAvailability);

    expect(flink.requests.map(({ method }) => method)).not.toContain('PATCH');
    expect(flink.requests.map(({ method }) => method)).not.toContain('DELETE');
    expect([...(world.kubernetes.highAvailability.get(clusterId) ?? [])]).toEqual([]);
  });

  it('has the checkpoint in the catalogue', async () => {
    complete(jobId, 41);
    store(jobId, 42);

    await applyNext(highAvailability);

    const { items } = await world.store.snapshots(clusterRef, { limit: 10 });
    expect(items.map(({ value }) => value)).toEqual([
      expect.objectContaining({
        kind: 'checkpoint',
        trigger: 'rollout',
        checkpoint: 42,
        path: toPath(jobId, 42),
        completedAt: expect.any(String),
      }),
    ]);
  });

  it.each(['RESTARTING', 'FAILING'] as const)('starts from the last checkpoint of a job that is %s', async (state) => {
    complete(jobId, 41);
    store(jobId, 41);
    getFlink().setState(jobId, state);

    await applyNext(highAvailability);

    expect(getRestored()).toBe(toPath(jobId, 41));
  });

  it('finds the last checkpoint of a job whose JobManager does not answer', async () => {
    await reconcile();
    store(jobId, 7);
    world.kubernetes.cluster(clusterId).ready = false;

    await applyNext(highAvailability);

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getRestored()).toBe(toPath(jobId, 7));
  });

  it('finds the last checkpoint of a job that a new JobManager has not started again yet', async () => {
    getFlink().setState(jobId, 'INITIALIZING');
    store(jobId, 7);

    await applyNext(highAvailability);

    expect(getRestored()).toBe(toPath(jobId, 7));
  });

  it('finds the last checkpoint in the directory that the program has set', async () => {
    getFlink().lastCheckpoints.set(jobId, { completed: { id: 41, path: 's3://other/chk-41' } });
    store(jobId, 42);

    await applyNext(highAvailability);

    expect(getRestored()).toBe('s3://other/chk-42');
  });

  it('starts from no earlier checkpoint when the job ends by itself before its pods, also when that would remain', async () => {
    await sendHttp('stop', { clusterId, data: { ha: 'purge' } }, world);
    await runWorkflows();
    const both = { config: { ...highAvailability.config, ...retained.config } };
    jobId = await startWith(both);
    const deploys = listDeploys().length;
    // Flink has deleted the data of the job, which completed a later checkpoint than it had told.
    complete(jobId, 41);

    await applyNext(both);

    expect(getRollout()).toMatchObject({ state: 'FAILED' });
    expect(listDeploys()).toHaveLength(deploys);
    expect(JSON.stringify(await getCluster())).not.toContain('chk-41');
  });

  it('keeps the old incarnation when only the JobManager has the checkpoints', async () => {
    getFlink().lastCheckpoints.set(jobId, { completed: { id: 41 } });
    store(jobId, 41);

    await applyNext(highAvailability);

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('keeps the old incarnation when nothing tells a last checkpoint', async () => {
    await applyNext(highAvailability);

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'savepoint-failed', detail: expect.stringContaining('no checkpoint with a path') },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
    expect(getImage()).toBe('flink:2.3');
  });

  it('starts without state after that only if the caller says so', async () => {
    await applyNext(highAvailability, { ...lastState, fallback: 'none' });

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { fallbackReason: expect.any(String) } });
    expect(getRestored()).toBeUndefined();
  });

  it('starts from the snapshot that the job was started from when it has completed no checkpoint', async () => {
    complete(jobId, 41);
    store(jobId, 41);
    await applyNext(highAvailability);
    const next = getJobId();
    getFlink().lastCheckpoints.set(next, { restored: { id: 41, path: toPath(jobId, 41) } });
    store(next, 41);

    await sendHttp('restart', { clusterId, data: { state: 'last-state', stableWithin: '1min' } }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getRestored()).toBe(toPath(jobId, 41));
  });

  it('takes the last checkpoint after a failed savepoint, as the fallback says', async () => {
    complete(jobId, 41);
    store(jobId, 41);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: no space' });

    await applyNext(highAvailability, { fallback: 'last-state' });

    expect(getRollout()).toMatchObject({
      state: 'SUCCEEDED',
      rollout: { fallbackReason: expect.stringContaining('no space'), snapshot: { kind: 'checkpoint' } },
    });
    expect(getRestored()).toBe(toPath(jobId, 41));
  });

  it('returns to the stable revision from the same checkpoint', async () => {
    complete(jobId, 41);
    store(jobId, 41);
    const { kubernetes } = world;
    const apply = kubernetes.apply.bind(kubernetes);
    kubernetes.apply = async (manifests, operationId) => {
      const created = await apply(manifests, operationId);
      if (getImage() === 'flink:2.3.1') getFlink().restarts = 1;
      return created;
    };

    await applyNext(highAvailability);

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
    expect(getRestored()).toBe(toPath(jobId, 41));
  });

  it('takes no checkpoint with which the job ended before Flink recovered it', async () => {
    complete(jobId, 42);
    store(jobId, 42);
    const [key, known] = [...world.store.jobRecords][0] ?? [];
    const path = toPath(jobId, 41);
    const ended = { stoppedWithCluster: true, lastCheckpoint: { path }, finalCheckpoint: path } as const;
    if (key !== undefined && known !== undefined)
      world.store.jobRecords.set(key, { ...known, value: { ...known.value, ...ended, state: 'SUSPENDED' } });

    await applyNext(highAvailability);

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getRestored()).toBe(toPath(jobId, 42));
  });

  it('suspends a cluster with its last checkpoint', async () => {
    complete(jobId, 41);
    store(jobId, 42);

    await sendHttp('suspend', { clusterId, data: { state: 'last-state' } }, world);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'SUSPENDED',
      snapshot: { kind: 'checkpoint', path: toPath(jobId, 42) },
    });
  });
});

describe('a rollout with a savepoint', () => {
  /** Flink completes the savepoint so long after it was asked for. */
  const completeAfter = (jobId: string, ms: number) => {
    const flink = getFlink();
    const startMs = world.ports.now().getTime();
    flink.savepoint = () => 'in-progress';
    const answer = flink.answer.bind(flink);
    flink.answer = async (request) => {
      const [trigger] = flink.savepoints.keys();
      if (trigger !== undefined && world.ports.now().getTime() - startMs > ms)
        flink.complete(jobId, trigger, 's3://state/late');
      return answer(request);
    };
  };

  it('waits hours for a savepoint in progress, and starts from it', async () => {
    completeAfter(await startWith(highAvailability), 3 * 3_600_000);

    await applyNext(highAvailability, {});

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getRestored()).toBe('s3://state/late');
  });

  it.each([
    [{}, 30],
    [{ fallback: 'last-state' }, 5],
  ])('with %j waits %d minutes until all tasks run', async (rollout, minutes) => {
    const jobId = await startWith(highAvailability);
    store(jobId, 41);
    complete(jobId, 41);
    getFlink().setTasks(jobId, { total: 2, running: 1 });
    const startMs = world.ports.now().getTime();

    await applyNext(highAvailability, rollout);

    const stop = listOperations().find(({ kind }) => kind === 'stop');
    const waitedMinutes = (Date.parse(stop?.updatedAt ?? '') - startMs) / 60_000;
    expect(stop).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(waitedMinutes).toBeGreaterThanOrEqual(minutes);
    expect(waitedMinutes).toBeLessThan(minutes + 2);
  });
});
