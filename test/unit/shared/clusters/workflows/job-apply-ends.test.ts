import { describe, expect, it } from 'vitest';

import { resumeStalled } from '#shared/clusters/reconcile/stalled/resume-stalled.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getStep } from '#test/fakes/workflows.ts';
import { callQueue, settle } from '#test/unit/shared/clusters/admission/fixture.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  getLastOperation,
  limitTarget,
  listOperations,
  savepointDirectory,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  given,
  apply,
  getApply,
  getJob,
  listLive,
  listArgs,
  pathOf,
  runAll,
  runStep,
  stopSession,
  spoilNew,
} from './job-apply-fixture.ts';

describe('an apply of a job that is not stable, or is overtaken', () => {
  it.each([
    ['its program throws', { thrown: 'java.lang.IllegalStateException: no topic' }, 'no topic'],
    ['it fails', { state: 'FAILED' }, 'failed'],
    ['not all of its tasks run', { state: 'RUNNING', tasks: { total: 2, running: 1 } }, 'tasks'],
  ] as const)('runs the old program again from the same savepoint when %s', async (_what, result, cause) => {
    const old = await submitJob(sendHttp);
    spoilNew(result);

    await apply(old);
    await runAll();

    const back = getApply()?.rollout?.job?.rolledBackTo ?? '';
    expect(getApply()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'rollout-failed', detail: expect.stringContaining(cause) },
      rollout: { phase: 'RollingBack' },
    });
    expect(getApply()?.problem?.detail).toContain(`Job ${back} runs the old program again.`);
    expect(listLive()).toEqual([back]);
    expect(getFlink().jobs.get(back)?.options).toMatchObject({ programArgsList: [], savepointPath: pathOf(old) });
    expect(await getJob(old)).toMatchObject({ replacedBy: back });
    expect((await getJob(old))?.stoppedWithCluster).toBeUndefined();
  });

  it('rolls back when Flink restarts the new job too often', async () => {
    const old = await submitJob(sendHttp);
    getFlink().restarts = 1;

    await apply(old);
    await runAll();

    expect(getApply()).toMatchObject({ state: 'FAILED', problem: { reason: 'Restarted' } });
    expect(listArgs().at(-1)).toEqual([]);
    expect(listLive()).toEqual([getApply()?.rollout?.job?.rolledBackTo]);
  });

  it('cancels the new job again after a cancel has failed', async () => {
    const old = await submitJob(sendHttp);
    const flink = getFlink();
    flink.restarts = 1;
    const answer = flink.answer.bind(flink);
    let refusals = 0;
    flink.answer = async (request) => {
      if (request.method !== 'PATCH' || refusals > 0) return answer(request);
      refusals += 1;
      return { status: 400, body: '{"errors":["The request is refused."]}' };
    };

    await apply(old);
    await runAll();

    const cancels = listOperations().filter(({ kind }) => kind === 'cancel');
    expect(cancels.map(({ state }) => state)).toEqual(['FAILED', 'SUCCEEDED']);
    expect(getApply()).toMatchObject({ state: 'FAILED', problem: { reason: 'Restarted' } });
    expect(listLive()).toEqual([getApply()?.rollout?.job?.rolledBackTo]);
  });

  it('keeps an unstable job if the caller says so', async () => {
    const old = await submitJob(sendHttp);
    getFlink().restarts = 1;

    await apply(old, given({ onFailure: 'keep' }));
    await runAll();

    expect(getApply()).toMatchObject({ state: 'FAILED', problem: { reason: 'Restarted' } });
    expect(getApply()?.rollout?.job).not.toHaveProperty('rolledBackTo');
    expect(listLive()).toEqual([getApply()?.rollout?.job?.to]);
  });

  it('names both causes and the savepoint when the old program does not start again', async () => {
    const old = await submitJob(sendHttp);
    getFlink().program = () => ({ thrown: 'java.lang.IllegalStateException: no topic' });

    await apply(old);
    await runAll();

    const { state, problem } = getApply() ?? {};
    expect(state).toBe('FAILED');
    expect(problem?.detail).toContain('The rollback failed, too:');
    expect(problem?.detail).toContain(pathOf(old));
    expect(getApply()?.rollout?.job).not.toHaveProperty('rolledBackTo');
    expect(await getJob(old)).toMatchObject({ stoppedWithCluster: true });
    expect(await getJob(old)).not.toHaveProperty('replacedBy');
  });

  it.each([
    ['SUCCEEDED', 'FINISHED'],
    ['CANCELED', 'CANCELED'],
  ] as const)('is %s when the new job is %s', async (state, end) => {
    const old = await submitJob(sendHttp);
    spoilNew({ state: end });

    await apply(old);
    await runAll();

    expect(getApply()).toMatchObject({ state });
    expect(listLive()).toEqual([]);
  });

  it('ends when the old job is canceled before it is stopped', async () => {
    const old = await submitJob(sendHttp);

    await apply(old);
    await sendHttp('cancel', { clusterId, jobId: old }, world);
    await runAll();

    expect(getApply()).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(listLive()).toEqual([]);
  });

  it('does not start anything when the old job ended before its savepoint', async () => {
    const old = await submitJob(sendHttp);
    await apply(old);
    getFlink().setState(old, 'FAILED', 'a.NoTopicException: boom');

    await runAll();

    expect(getApply()).toMatchObject({
      state: 'FAILED',
      problem: { reason: 'ProgramEnded', detail: expect.stringContaining('boom') },
    });
    expect(listLive()).toEqual([]);
  });

  it('keeps others from changing the job, and does not start while a rescale does', async () => {
    const old = await submitJob(sendHttp);
    await apply(old);

    expect(await apply(old, given({}, { args: ['--newer'] }))).toMatchObject({
      outcome: 'returned',
      code: 'not-ready',
    });
    expect(await sendHttp('rescale', { clusterId, jobId: old, data: { parallelism: 2 } }, world)).toMatchObject({
      outcome: 'returned',
    });
    await runAll();

    const to = getApply()?.rollout?.job?.to ?? '';
    expect(await apply(to, given({}, { args: ['--newer'] }))).toMatchObject({ outcome: 'done' });
    await runAll();
    expect(listLive()).toEqual([getApply()?.rollout?.job?.to]);
    expect(getApply()?.rollout?.job?.from).toBe(to);
  });

  it('says which job has replaced the one that a command names', async () => {
    const old = await submitJob(sendHttp);
    await apply(old);
    await runAll();
    const to = getApply()?.rollout?.job?.to ?? '';

    for (const outcome of [await apply(old), await sendHttp('cancel', { clusterId, jobId: old }, world)])
      expect(outcome).toMatchObject({ code: 'wrong-state', detail: expect.stringContaining(`Job ${to} has taken`) });
  });

  it('ends nothing while starts on the target are paused', async () => {
    const old = await submitJob(sendHttp);
    await apply(old);
    await callQueue('PUT', '', {}, { paused: true });

    await runAll();

    expect(getApply()).toMatchObject({ state: 'FAILED', problem: { reason: 'Paused' } });
    expect(listLive()).toEqual([old]);
  });

  it('ends when its session is stopped, and the next session starts the old job from its savepoint', async () => {
    const old = await submitJob(sendHttp);
    limitTarget({ limits: { jobs: 9 } });
    await apply(old);

    // The new job waits in the admission queue.
    await runAll(stopSession);

    expect(getApply()).toMatchObject({
      state: 'CANCELED',
      problem: { code: 'superseded', detail: expect.stringContaining(pathOf(old)) },
    });
    limitTarget({ limits: {} });
    await sendHttp('deploy', { clusterId, data: { mode: 'session', restore: { fromCluster: clusterId } } }, world);
    await settle();
    const restored = listLive().map((id) => getFlink().jobs.get(id)?.options);
    expect(restored).toMatchObject([{ programArgsList: [], savepointPath: pathOf(old) }]);
  });

  it('is CANCELED when a stop of its session has begun, also if that stop fails', async () => {
    const old = await submitJob(sendHttp);
    await apply(old);
    const checked = await runStep('check', { operationId: getApply()?.operationId ?? '' });
    await sendHttp('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: no space' });

    const over = await runStep('endIncarnation', checked);
    await world.workflows.run('cleanup', getLastOperation()?.operationId ?? '', world.ports);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    await runStep('recordResult', over);

    expect(getApply()).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(listLive()).toEqual([old]);
  });

  it('keeps the old job for the next session also if its savepoint was completed after its stop had failed', async () => {
    const old = await submitJob(sendHttp);
    getFlink().savepoint = () => 'in-progress';
    await apply(old);
    const checked = await runStep('check', { operationId: getApply()?.operationId ?? '' });
    const waiting = await runStep('endIncarnation', checked);
    const stopId = getLastOperation()?.operationId ?? '';
    await getStep('snapshot', 'takeSnapshot')({ operationId: stopId }, world.ports);
    world.passTime(3_600);
    await resumeStalled(stopId, world.ports);
    getFlink().complete(old, stopId, pathOf(old));

    const ended = await runStep('endIncarnation', waiting);

    expect(await world.ports.store.operation(stopId)).toMatchObject({ value: { kind: 'stop-job', state: 'FAILED' } });
    expect(ended).toMatchObject({ outcome: 'done' });
    expect(await getJob(old)).toMatchObject({ finalSavepoint: pathOf(old), stoppedWithCluster: true });
  });

  it('ends when the new job is removed from the admission queue, and no session starts the old one again', async () => {
    const old = await submitJob(sendHttp);
    limitTarget({ limits: { jobs: 9 } });
    await apply(old);

    await runAll(async () => {
      const operationId = getApply()?.rollout?.job?.to ?? '';
      await callQueue('POST', '/{operationId}/cancel', { operationId });
    });

    expect(getApply()).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect((await getJob(old))?.stoppedWithCluster).toBeUndefined();
  });

  it('fails at its deadline when its execution has ended without a verdict', async () => {
    const old = await submitJob(sendHttp);
    await apply(old);
    const { operationId = '', deadline = '' } = getApply() ?? {};
    world.passTime((Date.parse(deadline) - world.ports.now().getTime()) / 1_000 + 1);

    await resumeStalled(operationId, world.ports);

    expect(getApply()).toMatchObject({ state: 'FAILED', problem: { code: 'deadline-exceeded' } });
    expect(listLive()).toEqual([old]);
  });
});
