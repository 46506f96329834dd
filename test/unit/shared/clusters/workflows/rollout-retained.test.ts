import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { clusterId, getCluster, getFlink, reconcile, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  applyNext,
  complete,
  config,
  getRestored,
  lastState,
  retained,
  startWith,
  toPath,
} from './last-state-fixture.ts';
import { getRollout, listDeploys } from './rollout-fixture.ts';

describe('a rollout with last-state and retained checkpoints', () => {
  it('cancels the job, and starts from what was completed before its end', async () => {
    const jobId = await startWith(retained);
    const flink = getFlink();
    flink.lastCheckpoints.isRetained = true;
    complete(jobId, 41);
    const setState = flink.setState.bind(flink);
    flink.setState = (id, state, failure) => {
      if (state === 'CANCELED') complete(id, 42);
      setState(id, state, failure);
    };

    await applyNext(retained);

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getRestored()).toBe(toPath(jobId, 42));
  });

  it('waits for the answer of Flink after the job is canceled', async () => {
    const jobId = await startWith(retained);
    const flink = getFlink();
    flink.lastCheckpoints.isRetained = true;
    complete(jobId, 41);
    flink.onEnd = (id) => {
      complete(id, 42);
      for (let call = 0; call < 4; call += 1)
        world.kubernetes.failNext('flink', new Fault('target-unreachable', 'no answer within 5 s'));
    };

    await applyNext(retained);

    expect(getRestored()).toBe(toPath(jobId, 42));
  });

  it.each([
    ['before the job is canceled', 'CANCELLING'],
    ['after the job is canceled, before Flink is asked again', 'CANCELED'],
  ] as const)('starts from no replaced checkpoint when the Deployment is deleted %s', async (_when, state) => {
    const jobId = await startWith(retained);
    const flink = getFlink();
    flink.lastCheckpoints.isRetained = true;
    flink.cancelsSlowly = state === 'CANCELLING';
    complete(jobId, 41);
    const setState = flink.setState.bind(flink);
    flink.setState = (id, next, failure) => {
      setState(id, next, failure);
      if (next !== state) return;
      complete(id, 42);
      world.kubernetes.deleteByHand(clusterId);
    };

    await applyNext(retained);

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'NoSnapshot' } });
    expect(listDeploys()).toHaveLength(1);
  });

  it('cancels nothing when the program deletes its checkpoints', async () => {
    const jobId = await startWith(retained);
    complete(jobId, 41);

    await applyNext(retained);

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { detail: expect.stringContaining('execution.checkpointing.externalized-checkpoint-retention') },
    });
    expect(getFlink().jobs.get(jobId)?.state).toBe('RUNNING');
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('keeps the old incarnation when its JobManager does not answer', async () => {
    await startWith(retained);
    await reconcile();
    world.kubernetes.cluster(clusterId).ready = false;

    await applyNext(retained);

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { detail: expect.stringContaining('has no high availability') },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it.each([
    ['state', lastState],
    ['fallback', { fallback: 'last-state' }],
  ])('is refused as %s while Flink deletes the checkpoints', async (member, rollout) => {
    await startWith({ config });

    const answer = await applyNext({ config }, rollout);

    expect(answer).toMatchObject({
      code: 'malformed-request',
      errors: [{ pointer: `/rollout/${member}`, detail: expect.stringContaining('RETAIN_ON_CANCELLATION') }],
    });
  });
});
