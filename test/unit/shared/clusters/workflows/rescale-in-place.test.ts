import { describe, expect, it } from 'vitest';

import { PlanRequest } from '#events/http/plans.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { readRevisions } from '#shared/clusters/queries/revisions.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
import { origins, type Send, sendHttp } from '#test/fakes/origins.ts';
import { getStep } from '#test/fakes/workflows.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  limitTarget,
  runWorkflows,
  setPolicy,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { applied, getRollout, listDeploys, listRolloutEvents, startFirst } from './rollout-fixture.ts';

const apply = (send: Send, fields: object, rollout: object = {}) =>
  send('apply', { clusterId, data: applied('flink:2.3', rollout, fields) }, world);
const plan = (fields: object, rollout: object = {}) =>
  planDeploy('local', PlanRequest.parse({ clusterId, ...applied('flink:2.3', rollout, fields) }), world.ports);
const listOutcomes = async () =>
  (await readRevisions(clusterRef, { limit: 20 }, world.ports)).items.map(({ number, outcome }) => [number, outcome]);

const adaptive = { 'jobmanager.scheduler': 'adaptive' };
const parallel = (parallelism: number, fields: object = {}) => ({
  config: adaptive,
  job: { jar: 'local:///opt/flink/usrlib/job.jar', parallelism },
  ...fields,
});
const getJobId = () => [...getFlink().jobs.keys()][0] ?? '';
/** The CPUs that each admitted command holds. */
const listHeld = async () => (await world.store.admittedCommands('local')).map(({ demand }) => demand.cpu);
const listBounds = () =>
  getFlink()
    .jobs.get(getJobId())
    ?.scaling?.vertices.map(({ bounds }) => bounds.upperBound);

/** Starts an application whose job has parallelism 2 in the adaptive scheduler. */
const startScalable = async (scaling = newScaling(2)) => {
  setPolicy({ plainSecrets: true });
  await startFirst(parallel(2));
  getFlink().setScaling(getJobId(), scaling);
};

describe.each(origins)('an apply of another parallelism from %s', (_origin, send) => {
  it('rescales the running job, and records the revision', async () => {
    await startScalable();
    const job = (await world.store.job(clusterRef, getJobId()))?.value;
    expect((await plan(parallel(4, { labels: { env: 'prod' } }))).changes).toMatchObject({ class: 'rescale' });

    await apply(send, parallel(4, { labels: { env: 'prod' } }));
    expect(await getCluster()).toMatchObject({ revision: 1, rollout: { phase: 'Checking' } });
    await runWorkflows();

    expect(getRollout()).toMatchObject({
      state: 'SUCCEEDED',
      rollout: { class: 'rescale', from: 1, to: 2, phase: 'Rescaling' },
    });
    expect(listBounds()).toEqual([4, 4]);
    expect(listDeploys()).toHaveLength(1);
    const after = (await world.store.job(clusterRef, getJobId()))?.value;
    expect(after).toMatchObject({ startTime: job?.startTime, state: 'RUNNING' });
    const cluster = await getCluster();
    expect(cluster).toMatchObject({ revision: 2, labels: { env: 'prod' }, taskManagers: { parallelism: 4 } });
    expect(cluster?.rollout).toBeUndefined();
    expect(listRolloutEvents()).toEqual(['IN_PROGRESS Checking', 'IN_PROGRESS Rescaling', 'SUCCEEDED Rescaling']);
    expect((await plan(parallel(4, { labels: { env: 'prod' } }))).changes).toMatchObject({ unchanged: true });
    expect(await listOutcomes()).toEqual([
      [2, 'stable'],
      [1, 'stable'],
    ]);
  });
});

describe('a rescale by an apply', () => {
  it('that gets no slots is undone, and the rollout names the cause', async () => {
    await startScalable(newScaling(2, { slots: 3 }));

    await apply(sendHttp, parallel(8));
    await runWorkflows();

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'rescale-failed', detail: expect.stringContaining('ran with parallelism 3 in place of 8') },
    });
    expect(listBounds()).toEqual([2, 2]);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
    expect((await getCluster())?.rollout).toBeUndefined();
    expect((await getCluster())?.conditions.find(({ type }) => type === 'Stable')).toBeUndefined();
    expect(await listOutcomes()).toEqual([[1, 'stable']]);
    expect((await plan(parallel(8))).changes).toMatchObject({ class: 'rescale' });
  });

  it.each([
    ['of another scheduler', undefined, 4, 'wrong-state', 'does not use the adaptive scheduler'],
    [
      'with a smaller maximum parallelism',
      newScaling(2, { maxParallelism: 4 }),
      8,
      'wrong-state',
      'maximum parallelism is 4',
    ],
  ] as const)('of a job %s fails, and says how to restart', async (_what, scaling, parallelism, code, detail) => {
    setPolicy({ plainSecrets: true });
    await startFirst(parallel(2));
    if (scaling !== undefined) getFlink().setScaling(getJobId(), scaling);

    await apply(sendHttp, parallel(parallelism));
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code, detail: expect.stringContaining(detail) } });
    expect(getRollout()?.problem?.detail).toContain('rollout.restart: true');
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('fails at once when the target has not enough capacity', async () => {
    await sendHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await startScalable();
    limitTarget({ limits: { cpu: 5 } });

    await apply(sendHttp, parallel(4));
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'limit-reached' } });
    expect(listBounds()).toEqual([2, 2]);
  });

  it('whose last spec is gone fails, and says how to restart', async () => {
    await startScalable();
    await apply(sendHttp, parallel(4));
    await world.ports.revisionSpecs.remove(listDeploys()[0]?.operationId ?? '');

    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'not-found' } });
    expect(getRollout()?.problem?.detail).toContain('Apply the spec with `rollout.restart: true`.');
    expect(listBounds()).toEqual([4, 4]);
  });

  it('reserves what the job needs more once', async () => {
    await startScalable();
    limitTarget({ limits: { cpu: 10 } });
    const [before] = await listHeld();

    await apply(sendHttp, parallel(4));
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { class: 'rescale' } });
    expect(await listHeld()).toEqual([(before ?? 0) + 2]);
    expect((await world.store.queueHead('local')).usage?.total.cpu).toBe((before ?? 0) + 2);
  });

  it('locks the cluster, and a stop ends it', async () => {
    await startScalable(newScaling(2, { slots: 3 }));
    await apply(sendHttp, parallel(8));
    const operationId = getRollout()?.operationId ?? '';
    const checked = await getStep('rollout', 'check')({ operationId }, world.ports);
    await getStep('rollout', 'rescaleInPlace')(checked as { operationId: string }, world.ports);

    const other = await apply(sendHttp, { labels: { env: 'prod' } });
    await sendHttp('stop', { clusterId, data: {} }, world);
    await runWorkflows();

    expect(other).toMatchObject({ outcome: 'done' });
    expect(getRollout()).toMatchObject({ state: 'CANCELED', rollout: { phase: 'WaitingForRollout' } });
    expect((await world.store.operation(operationId))?.value).toMatchObject({
      state: 'CANCELED',
      problem: { code: 'superseded' },
    });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED', revision: 1 });
  });

  it('is a restart for an application with two jobs', async () => {
    await startScalable();
    const job = await world.store.job(clusterRef, getJobId());
    if (job === undefined) throw new Error('no job');
    await world.store.commit({ jobs: [{ value: { ...job.value, jobId: 'f'.repeat(32) }, previous: undefined }] });

    expect((await plan(parallel(4), { state: 'none' })).changes).toMatchObject({ class: 'restart' });
  });
});
