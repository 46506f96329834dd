import { beforeEach, describe, expect, it } from 'vitest';

import type { FakeCheckpoints } from '#test/fakes/flink-snapshots.ts';
import { takeSavepoints } from '#shared/clusters/workflows/cleanup/take-savepoints.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getLastOperation,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  applyNext,
  complete,
  config,
  getRestored,
  highAvailability,
  retained,
  startWith,
  toPath,
} from './last-state-fixture.ts';
import { getRollout, listDeploys } from './rollout-fixture.ts';

const initial = 's3://state/savepoints/savepoint-000000-1';
let jobId = '';
/** The savepoints that Flink was asked for. */
let asked = 0;

/** The JobManager dies after it was asked for the savepoint, and before Drey reads where the savepoint is. */
const restartDuringSavepoint = (restored?: FakeCheckpoints['restored'], afterwards = () => {}) => {
  const flink = getFlink();
  const location = `${savepointDirectory}/savepoint-${jobId.slice(0, 6)}-2`;
  flink.savepoint = () => ((asked += 1) === 1 ? 'in-progress' : { location });
  const sleep = world.ports.sleep.bind(world.ports);
  let hasRestarted = false;
  Object.assign(world.ports, {
    sleep: async (ms: number) => {
      await sleep(ms);
      if (hasRestarted || flink.savepoints.size === 0) return;
      hasRestarted = true;
      flink.restartApplication(jobId, restored);
      afterwards();
    },
  });
};

beforeEach(() => {
  asked = 0;
});

describe('a rollout whose JobManager restarts while Flink takes the savepoint', () => {
  beforeEach(async () => {
    jobId = await startWith(highAvailability);
  });

  it.each([
    ['from nothing', undefined],
    ['from the snapshot that the job was first started from', { id: 3, path: initial }],
    ['from the checkpoint of another job', { id: 3, path: toPath('f'.repeat(32), 3) }],
  ])('takes no second savepoint of a job that has started %s', async (_text, restored) => {
    restartDuringSavepoint(restored);

    await applyNext(highAvailability, {});

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      rollout: { phase: 'Snapshotting' },
      problem: {
        code: 'savepoint-failed',
        reason: 'JobLostState',
        detail: expect.stringContaining(`savepoint-${jobId.slice(0, 6)}-* in ${savepointDirectory}`),
      },
    });
    expect(asked).toBe(1);
    expect(listDeploys()).toHaveLength(1);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it.each([
    ['its last checkpoint', (id: string) => ({ id: 7, path: toPath(id, 7) })],
    ['a checkpoint that only the JobManager has', () => ({ id: 7 })],
  ])('takes another savepoint of a job that has continued from %s', async (_text, toRestored) => {
    restartDuringSavepoint(toRestored(jobId));

    await applyNext(highAvailability, {});

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(asked).toBe(2);
    expect(getRestored()).toContain(savepointDirectory);
  });

  it('does not fall back to a checkpoint of the job that has started again', async () => {
    restartDuringSavepoint(undefined, () => complete(jobId, 1));

    await applyNext(highAvailability, { fallback: 'last-state' });

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'JobLostState' } });
    expect(listDeploys()).toHaveLength(1);
  });

  it('can be repeated, which takes the savepoint of what runs then', async () => {
    restartDuringSavepoint();
    await applyNext(highAvailability, {});

    await applyNext(highAvailability, {});

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(asked).toBe(2);
  });

  it('goes on without the state if it may', async () => {
    restartDuringSavepoint();

    await applyNext(highAvailability, { fallback: 'none' });

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { stateDropped: true } });
    expect(getRestored()).toBeUndefined();
  });
});

describe('a rollout with last-state whose JobManager restarts after its job was canceled', () => {
  it.each([
    ['before Drey sees the end of the job', 'CANCELLING'],
    ['after Drey has seen the end of the job', 'CANCELED'],
  ] as const)('takes no checkpoint of the job that has started again: %s', async (_when, state) => {
    jobId = await startWith(retained);
    const flink = getFlink();
    flink.lastCheckpoints.isRetained = true;
    flink.cancelsSlowly = true;
    complete(jobId, 41);
    const sleep = world.ports.sleep.bind(world.ports);
    let hasRestarted = false;
    Object.assign(world.ports, {
      sleep: async (ms: number) => {
        await sleep(ms);
        const job = flink.jobs.get(jobId);
        if (hasRestarted || (job?.state !== 'CANCELLING' && job?.state !== 'CANCELED')) return;
        if (job.state !== state) return flink.setState(jobId, state);
        hasRestarted = true;
        flink.restartApplication(jobId);
        complete(jobId, 1);
      },
    });

    await applyNext(retained);

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { reason: 'JobLostState', detail: expect.stringContaining(config['execution.checkpointing.dir']) },
    });
    expect(listDeploys()).toHaveLength(1);
  });
});

it('a stop whose step dies after it has recorded the savepoint keeps that savepoint', async () => {
  jobId = await startWith(highAvailability);
  const location = `${savepointDirectory}/savepoint-${jobId.slice(0, 6)}-1`;
  getFlink().savepoint = () => {
    asked += 1;
    return { location };
  };
  await sendHttp('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
  await takeSavepoints({ operationId: getLastOperation()?.operationId ?? '' }, world.ports);
  getFlink().restartApplication(jobId);

  await runWorkflows();

  expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  expect(asked).toBe(1);
  expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { finalSavepoint: location } });
});

it('a stop of a job with a savepoint takes no second one of a job that has started again', async () => {
  jobId = await startWith(highAvailability);
  restartDuringSavepoint();

  await sendHttp('stop-job', { clusterId, jobId, data: { directory: savepointDirectory } }, world);
  await runWorkflows();

  expect(getLastOperation()).toMatchObject({
    kind: 'stop-job',
    state: 'FAILED',
    problem: { code: 'savepoint-failed', detail: expect.stringContaining('started the job from the beginning') },
  });
  expect(asked).toBe(1);
});
