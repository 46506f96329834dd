import { describe, expect, it } from 'vitest';

import { Usage } from '#shared/clusters/model/admission/quota.ts';
import { resumeStalled } from '#shared/clusters/reconcile/stalled/resume-stalled.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getFlink,
  getLastOperation,
  limitTarget,
  listOperations,
  runWorkflows,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

/** Starts a session with a job of the adaptive scheduler, which has parallelism 1. Its TaskManagers have one slot. */
const startScalable = async (send: Send, scaling = newScaling(1)) => {
  const jobId = await submitJob(send);
  getFlink().setScaling(jobId, scaling);
  return jobId;
};

const rescale = (
  send: Send,
  jobId: string,
  data: Readonly<Record<string, unknown>> = { parallelism: 4 },
  key?: string,
) => send('rescale', { clusterId, jobId, data, ...(key === undefined ? {} : { key }) }, world);
const listBounds = (jobId: string) =>
  getFlink()
    .jobs.get(jobId)
    ?.scaling?.vertices.map(({ bounds }) => [bounds.lowerBound, bounds.upperBound]);
const getDemand = (jobId: string) => world.store.admitted.get(jobId)?.demand;
const listUpdates = () => getFlink().requests.filter(({ method }) => method === 'PUT');
const failed = (code: string, detail: string) => ({
  state: 'FAILED',
  problem: { code, detail: expect.stringContaining(detail) },
});

describe.each(origins)('rescale from %s', (_origin, send) => {
  it('changes the parallelism of each vertex of a job, whose state and ID stay', async () => {
    const jobId = await startScalable(send);
    const before = (await world.store.job(clusterRef, jobId))?.value;

    expect(await rescale(send, jobId)).toMatchObject({ outcome: 'done' });
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'rescale', state: 'SUCCEEDED', jobId });
    expect(listBounds(jobId)).toEqual([
      [1, 4],
      [1, 4],
    ]);
    const { operationId = '' } = getLastOperation() ?? {};
    expect((await world.store.job(clusterRef, jobId))?.value).toEqual({ ...before, rescaleOperationId: operationId });
  });

  it('counts the TaskManagers that it takes more, and releases those that it takes less', async () => {
    const jobId = await startScalable(send);
    const { cpu = 0, memoryMebibytes = 0 } = getDemand(jobId) ?? {};

    await rescale(send, jobId);
    expect(getDemand(jobId)).toMatchObject({ cpu: 4 * cpu, memoryMebibytes: 4 * memoryMebibytes });
    await runWorkflows();
    await rescale(send, jobId, { parallelism: 2 });
    expect(getDemand(jobId)).toMatchObject({ cpu: 4 * cpu });
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getDemand(jobId)).toMatchObject({ cpu: 2 * cpu, memoryMebibytes: 2 * memoryMebibytes });
  });

  it('is refused by the limits of the target before Flink is asked', async () => {
    const jobId = await startScalable(send);
    limitTarget({ limits: { cpu: 4 } });
    const count = listOperations().length;

    const tooLarge = await rescale(send, jobId, { parallelism: 9 });
    const notNow = await rescale(send, jobId, { parallelism: 4 });

    expect(tooLarge).toMatchObject({ outcome: 'rejected', code: 'over-limit' });
    expect(notNow).toMatchObject({ outcome: 'returned' });
    expect(listOperations()).toHaveLength(count);
    expect(listUpdates()).toEqual([]);
  });

  it('keeps the usage of the target true when it succeeds and when it fails', async () => {
    const jobId = await startScalable(send, newScaling(1, { slots: 3 }));
    limitTarget({ limits: { cpu: 100 } });
    const used = async () => (await world.store.queueHead('local')).usage?.total.cpu;
    const before = new Usage(await world.store.admittedCommands('local')).total.cpu;

    await rescale(send, jobId, { parallelism: 3 });
    await runWorkflows();
    expect(await used()).toBe(before + 2);
    await rescale(send, jobId, { parallelism: 4, within: '1min' });
    expect(await used()).toBe(before + 3);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'FAILED' });
    expect(await used()).toBe(before + 2);
  });

  it('restores what the job required when it gets too few slots in time', async () => {
    const jobId = await startScalable(send, newScaling(2, { slots: 3 }));
    const demand = getDemand(jobId);

    await rescale(send, jobId, { parallelism: 4, within: '1min' });
    await runWorkflows();

    expect(getLastOperation()).toMatchObject(
      failed('rescale-failed', `Job ${jobId} ran with parallelism 3 in place of 4`),
    );
    expect(listBounds(jobId)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(getDemand(jobId)).toEqual(demand);
  });

  it('fails with the reason of Flink, and keeps what the job required', async () => {
    const jobId = await startScalable(send, { ...newScaling(1), refusal: 'The vertex is unknown.' });

    await rescale(send, jobId);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject(failed('rescale-failed', 'The vertex is unknown.'));
    expect(listBounds(jobId)).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('does not overwrite what another client required in the meantime', async () => {
    const jobId = await startScalable(send);
    await rescale(send, jobId);
    for (const vertex of getFlink().jobs.get(jobId)?.scaling?.vertices ?? [])
      vertex.bounds = { lowerBound: 1, upperBound: 7 };

    await runWorkflows();

    expect(getLastOperation()).toMatchObject(failed('superseded', 'Another client of Flink'));
    expect(listBounds(jobId)).toEqual([
      [1, 7],
      [1, 7],
    ]);
  });

  it.each([
    ['a job of another scheduler', undefined, { parallelism: 2 }, 'wrong-state', 'jobmanager.scheduler: adaptive'],
    [
      'more than the maximum parallelism',
      newScaling(1),
      { parallelism: 200 },
      'wrong-state',
      'maximum parallelism is 128',
    ],
    [
      'a time of more than two hours',
      newScaling(1),
      { parallelism: 2, within: '3h' },
      'malformed-request',
      'at most 2h',
    ],
    ['no parallelism', newScaling(1), {}, 'malformed-request', 'parallelism'],
    ['a parallelism of zero', newScaling(1), { parallelism: 0 }, 'malformed-request', 'parallelism'],
  ])('is refused for %s', async (_what, scaling, data, code, detail) => {
    const jobId = await submitJob(send);
    if (scaling !== undefined) getFlink().setScaling(jobId, scaling);
    const count = listOperations().length;

    expect(await rescale(send, jobId, data)).toMatchObject({
      outcome: 'rejected',
      code,
      detail: expect.stringContaining(detail),
    });
    expect(listOperations()).toHaveLength(count);
  });

  it('is refused for an unknown job, and for one that has ended', async () => {
    const jobId = await startScalable(send);
    getFlink().setState(jobId, 'FINISHED');

    expect(await rescale(send, jobId)).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
    expect(await rescale(send, 'f'.repeat(32))).toMatchObject({ outcome: 'rejected', code: 'not-found' });
  });

  it('waits for another rescale of the same job', async () => {
    const jobId = await startScalable(send);
    await rescale(send, jobId);

    expect(await rescale(send, jobId, { parallelism: 2 })).toMatchObject({ outcome: 'returned' });
    await runWorkflows();

    expect(await rescale(send, jobId, { parallelism: 2 })).toMatchObject({ outcome: 'done' });
  });

  it('is done once for the same idempotency key', async () => {
    const jobId = await startScalable(send);

    for (let time = 0; time < 2; time += 1) {
      expect(await rescale(send, jobId, { parallelism: 4 }, 'morning-1')).toMatchObject({ outcome: 'done' });
      await runWorkflows();
    }

    expect(listUpdates()).toHaveLength(1);
    expect(listOperations().filter(({ kind }) => kind === 'rescale')).toHaveLength(1);
  });

  it('names the vertices that keep to their maximum', async () => {
    const jobId = await startScalable(send);
    const [source, sink] = newScaling(1).vertices;
    getFlink().setScaling(jobId, { slots: 100, vertices: [source!, { ...sink!, maxParallelism: 2 }] });

    await rescale(send, jobId);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({
      state: 'SUCCEEDED',
      warnings: ['Some vertices keep to their maximum parallelism: vertex b (2).'],
    });
  });

  it.each(['FINISHED', 'FAILED'] as const)('fails when the job is %s before it is rescaled', async (state) => {
    const jobId = await startScalable(send);
    await rescale(send, jobId);
    getFlink().setState(jobId, state);

    await runWorkflows();

    expect(getLastOperation()).toMatchObject(failed('wrong-state', `Job ${jobId} is ${state}`));
  });

  it('fails when its cluster is stopped', async () => {
    const jobId = await startScalable(send);
    await rescale(send, jobId);
    const { operationId = '' } = getLastOperation() ?? {};
    await send('stop', { clusterId }, world);
    await world.workflows.run('cleanup', getLastOperation()?.operationId ?? '', world.ports);

    await runWorkflows();

    expect(world.store.operations.get(operationId)?.value).toMatchObject(failed('wrong-state', 'cannot be rescaled'));
  });

  it('waits for a JobManager that does not answer', async () => {
    const jobId = await startScalable(send);
    await rescale(send, jobId, { parallelism: 4, within: '1min' });
    const flink = getFlink();
    const answer = flink.answer.bind(flink);
    flink.leaderless = true;
    flink.answer = async (request) => {
      flink.leaderless = flink.requests.length < 20;
      return answer(request);
    };

    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('restores the parallelism at its deadline, also without its workflow', async () => {
    const jobId = await startScalable(send, newScaling(2, { slots: 3 }));
    const demand = getDemand(jobId);
    await rescale(send, jobId, { parallelism: 4, within: '1min' });
    const { operationId = '' } = getLastOperation() ?? {};
    for (const vertex of getFlink().jobs.get(jobId)?.scaling?.vertices ?? [])
      vertex.bounds = { lowerBound: 1, upperBound: 4 };
    world.passTime(3_600);

    await resumeStalled(operationId, world.ports);

    expect(getLastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'deadline-exceeded' } });
    expect(listBounds(jobId)).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(getDemand(jobId)).toEqual(demand);
  });
});
