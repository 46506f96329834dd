import { beforeEach, describe, expect, it } from 'vitest';

import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { planJob } from '#shared/clusters/queries/job-plan.ts';
import { resumeStalled } from '#shared/clusters/reconcile/resume-stalled.ts';
import { take } from '#shared/clusters/workflows/snapshot.ts';

import { doors, jarBytes, letIn, makeWorld, type Send, type World } from '../../../fakes/world.ts';

const clusterId = 'etl';
const clusterRef = { target: 'local', clusterId };
const jar = 's3://bucket/uploads/local/1/job.jar';
const directory = 's3://bucket/savepoints';

let world: World;
beforeEach(() => {
  world = makeWorld();
  world.jars.held.set(jar, jarBytes);
});

const workflows = () => world.workflows.runAll(world.ports);
const lastOperation = () => [...world.store.operations.values()].at(-1)?.value;
const flink = () => world.kubernetes.cluster(clusterId).flink;
const jobRecord = async (jobId: string) => (await world.store.job(clusterRef, jobId))?.value;

/** A session with one running job; its id. */
const submitted = async (send: Send) => {
  await send('deploy', { clusterId, data: { mode: 'session' } }, world);
  await workflows();
  await send('submit', { clusterId, data: { jar } }, world);
  await workflows();
  return lastOperation()?.operationId ?? '';
};

describe.each(doors)('through %s, savepoint', (_door, send) => {
  it('says where it is, in the operation and in the job, which runs on', async () => {
    const jobId = await submitted(send);

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await workflows();

    const location = `${directory}/savepoint-${jobId.slice(0, 6)}`;
    expect(lastOperation()).toMatchObject({ kind: 'savepoint', state: 'SUCCEEDED', jobId, savepoint: location });
    expect(await jobRecord(jobId)).toMatchObject({ state: 'RUNNING', savepoint: location });
  });

  it('waits until Flink has taken it, and takes one only', async () => {
    const jobId = await submitted(send);
    let reconcileQueue = 0;
    flink().savepoint = () => 'in-progress';
    const answer = flink().answer.bind(flink());
    flink().answer = async (request) => {
      if (request.method === 'GET' && request.path.includes('/savepoints/') && (reconcileQueue += 1) === 3)
        flink().savepoints.set(lastOperation()?.operationId ?? '', { location: 's3://bucket/late' });
      return answer(request);
    };

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await workflows();

    expect(lastOperation()).toMatchObject({ state: 'SUCCEEDED', savepoint: 's3://bucket/late' });
    expect(flink().savepoints.size).toBe(1);
  });

  it('fails with what Flink says of it', async () => {
    const jobId = await submitted(send);
    flink().savepoint = () => ({ failure: 'java.io.IOException: disk full' });

    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await workflows();

    expect(lastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'savepoint-failed', detail: 'IOException: disk full' },
    });
  });

  it('fails without a directory where the cluster has no default', async () => {
    const jobId = await submitted(send);

    await send('savepoint', { clusterId, jobId }, world);
    await workflows();

    expect(lastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(lastOperation()?.problem?.detail).toContain('execution.checkpointing.savepoint-dir');
  });

  it('cancels the job with it where that is asked for', async () => {
    const jobId = await submitted(send);

    await send('savepoint', { clusterId, jobId, data: { directory, cancelJob: true } }, world);
    await workflows();
    await observeJobs(clusterRef, world.ports);

    expect(await jobRecord(jobId)).toMatchObject({ state: 'CANCELED', savepoint: lastOperation()?.savepoint });
  });

  it.each(['savepoint', 'checkpoint', 'stop-job'] as const)(
    'is refused as %s for a job that is not there, or over',
    async (kind) => {
      const jobId = await submitted(send);
      flink().setState(jobId, 'FINISHED');

      expect(await send(kind, { clusterId, jobId }, world)).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
      expect(await send(kind, { clusterId, jobId: 'f'.repeat(32) }, world)).toMatchObject({
        outcome: 'rejected',
        code: 'not-found',
      });
    },
  );

  it('takes one for the same key, however often it comes', async () => {
    const jobId = await submitted(send);

    for (let time = 0; time < 2; time += 1) {
      await send('savepoint', { clusterId, jobId, data: { directory }, key: 'night-1' }, world);
      await workflows();
    }

    expect(flink().savepoints.size).toBe(1);
  });
});

describe.each(doors)('through %s, while not all tasks of a job run,', (_door, send) => {
  const kinds = ['savepoint', 'checkpoint', 'stop-job'] as const;
  const dataOf = (kind: (typeof kinds)[number]) => (kind === 'checkpoint' ? {} : { directory });

  it.each(kinds)('a %s waits for them, and says so', async (kind) => {
    const jobId = await submitted(send);
    flink().setTasks(jobId, { total: 2, running: 1, deploying: 1 });
    await send(kind, { clusterId, jobId, data: dataOf(kind) }, world);
    const { operationId = '' } = lastOperation() ?? {};

    const waiting = await take({ operationId }, world.ports);
    const { phase } = lastOperation() ?? {};
    flink().setTasks(jobId, { total: 2, running: 2 });
    const taken = await take(waiting, world.ports);

    expect(waiting).toMatchObject({ outcome: 'waiting', waitsFor: 'tasks' });
    expect(phase).toBe('waiting for the tasks of the job to run');
    expect(taken).toMatchObject({ outcome: 'done' });
    expect(taken).not.toHaveProperty('waitsFor');
  });

  it.each(kinds)('a %s fails at its deadline', async (kind) => {
    const jobId = await submitted(send);
    flink().setState(jobId, 'RESTARTING');

    await send(kind, { clusterId, jobId, data: dataOf(kind) }, world);
    await workflows();

    const detail = expect.stringContaining(`not all tasks of job ${jobId} ran`) as string;
    expect(lastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'deadline-exceeded', detail } });
    expect(flink().savepoints.size + flink().checkpoints.size).toBe(0);
  });

  it.each(kinds)('a %s fails when the job ends', async (kind) => {
    const jobId = await submitted(send);
    flink().setState(jobId, 'FAILING');
    await send(kind, { clusterId, jobId, data: dataOf(kind) }, world);
    const { operationId = '' } = lastOperation() ?? {};

    const waiting = await take({ operationId }, world.ports);
    flink().setState(jobId, 'FAILED');

    expect(await take(waiting, world.ports)).toMatchObject({
      outcome: 'failed',
      reason: 'wrong-state',
      message: `job ${jobId} is FAILED already`,
    });
  });

  it('a stop that was asked for goes on: it ends them', async () => {
    const jobId = await submitted(send);
    flink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = lastOperation() ?? {};
    await take({ operationId }, world.ports);
    flink().setTasks(jobId, { total: 2, running: 0, canceling: 2 });

    // As a step that is repeated has it: it does not know that it has asked.
    const repeated = await take({ operationId }, world.ports);

    expect(repeated).toMatchObject({ outcome: 'waiting' });
    expect(repeated).not.toHaveProperty('waitsFor');
    expect(flink().requests.filter(({ path }) => path.endsWith('/stop'))).toHaveLength(1);
  });
});

describe.each(doors)('through %s, stop of a job', (_door, send) => {
  it('ends the job with a savepoint', async () => {
    const jobId = await submitted(send);

    await send('stop-job', { clusterId, jobId, data: { directory, drain: true } }, world);
    await workflows();

    const location = `${directory}/savepoint-${jobId.slice(0, 6)}`;
    expect(lastOperation()).toMatchObject({ kind: 'stop-job', state: 'SUCCEEDED', savepoint: location });
    expect(await jobRecord(jobId)).toMatchObject({ state: 'FINISHED', savepoint: location });
    expect(flink().requests.find(({ path }) => path.endsWith('/stop'))?.json).toMatchObject({ drain: true });
  });

  it('knows where the savepoint is of a job whose cluster went before it was told', async () => {
    const jobId = await submitted(send);
    flink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = lastOperation() ?? {};
    const asked = await take({ operationId }, world.ports);
    flink().complete(jobId, operationId, 's3://bucket/seen');
    await observeJobs(clusterRef, world.ports);
    await send('stop', { clusterId }, world);
    await world.workflows.run('cleanup', lastOperation()?.operationId ?? '', world.ports);

    const last = await take(asked, world.ports);

    expect(last).toMatchObject({ outcome: 'done', savepoint: 's3://bucket/seen' });
  });

  it('does not take an older savepoint of the job for its own', async () => {
    const jobId = await submitted(send);
    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await workflows();
    flink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = lastOperation() ?? {};
    const asked = await take({ operationId }, world.ports);
    flink().setState(jobId, 'FINISHED');
    flink().savepoints.set(operationId, { failure: 'java.lang.Exception: the job has ended' });
    await observeJobs(clusterRef, world.ports);

    const last = await take(asked, world.ports);

    expect(last).toMatchObject({ outcome: 'failed', message: 'Exception: the job has ended' });
  });

  it('waits for a session that does not answer for a while', async () => {
    const jobId = await submitted(send);
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    flink().leaderless = true;
    const { operationId = '' } = lastOperation() ?? {};

    const unanswered = await take({ operationId }, world.ports);
    flink().leaderless = false;
    const asked = await take(unanswered, world.ports);

    expect([unanswered.outcome, asked.outcome]).toEqual(['waiting', 'done']);
  });

  it('fails when the cluster goes while it is under way', async () => {
    const jobId = await submitted(send);
    flink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = lastOperation() ?? {};
    await send('stop', { clusterId }, world);
    await world.workflows.run('cleanup', lastOperation()?.operationId ?? '', world.ports);

    await world.workflows.run('snapshot', operationId, world.ports);

    expect((await world.store.operation(operationId))?.value).toMatchObject({
      state: 'FAILED',
      problem: { code: 'wrong-state' },
    });
  });

  it('ends at its deadline', async () => {
    const jobId = await submitted(send);
    flink().savepoint = () => 'in-progress';

    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    await workflows();

    expect(lastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'deadline-exceeded' } });
    expect(await jobRecord(jobId)).toMatchObject({ state: 'RUNNING' });
  });

  it('is carried on when its process died behind the record', async () => {
    const jobId = await submitted(send);
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = lastOperation() ?? {};
    world.workflows.started.splice(0);
    world.pass(3 * 60);

    await resumeStalled(operationId, world.ports);
    await workflows();

    expect(lastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });
});

describe.each(doors)('through %s, checkpoint and disposal', (_door, send) => {
  it('tell the number of the checkpoint', async () => {
    const jobId = await submitted(send);

    await send('checkpoint', { clusterId, jobId, data: { full: true } }, world);
    await workflows();

    expect(lastOperation()).toMatchObject({ kind: 'checkpoint', state: 'SUCCEEDED', checkpoint: 1 });
    expect(flink().requests.find(({ path }) => path.endsWith('/checkpoints'))?.json).toMatchObject({
      checkpointType: 'FULL',
    });
  });

  it('delete a savepoint, which its job then no longer has', async () => {
    const jobId = await submitted(send);
    await send('savepoint', { clusterId, jobId, data: { directory } }, world);
    await workflows();
    const path = lastOperation()?.savepoint ?? '';

    await send('dispose-savepoint', { clusterId, data: { path } }, world);
    await workflows();

    expect(lastOperation()).toMatchObject({ kind: 'dispose-savepoint', state: 'SUCCEEDED' });
    expect(flink().disposed).toEqual([path]);
    expect(await jobRecord(jobId)).not.toHaveProperty('savepoint');
  });
});

describe.each(doors)('behind %s, the plan of a program', (_door, send) => {
  it('is made by the session, with nothing left of it', async () => {
    await submitted(send);

    const plan = await planJob(clusterRef, { jar, args: ['--day', '1'] }, world.ports);

    expect(plan).toEqual({ name: 'a job', nodes: [] });
    expect(flink().jars.size).toBe(0);
    expect(flink().jobs.size).toBe(1);
  });

  it('is there also when its jar cannot be removed', async () => {
    await submitted(send);
    const answer = flink().answer.bind(flink());
    flink().answer = async (request) =>
      request.method === 'DELETE' ? { status: 500, body: { errors: ['busy'] } } : answer(request);

    await expect(planJob(clusterRef, { jar, args: [] }, world.ports)).resolves.toMatchObject({ nodes: [] });
  });

  it("is refused with the program's own exception, and leaves no jar behind", async () => {
    await submitted(send);
    flink().program = () => ({
      thrown: [
        'org.apache.flink.client.program.ProgramInvocationException: The main method caused an error.',
        'Caused by: java.lang.IllegalStateException: no input',
      ].join('\n\tat a.b.C(C.java:1)\n'),
    });

    await expect(planJob(clusterRef, { jar, args: [] }, world.ports)).rejects.toMatchObject({
      code: 'program-failed',
    });
    expect(flink().jars.size).toBe(0);
  });
});

describe.each(doors)('behind %s, the end of a job', (_door, send) => {
  it('shows the savepoint that it was stopped with, whoever asked for it', async () => {
    const jobId = await submitted(send);
    flink().complete(jobId, 'e'.repeat(32), 's3://bucket/by-hand');

    await dispatchReconcile(world.ports);
    await letIn(world);

    expect(await jobRecord(jobId)).toMatchObject({ state: 'FINISHED', savepoint: 's3://bucket/by-hand' });
  });
});

describe.each(doors)('through %s, the end of the job of an application', (_door, send) => {
  const started = async () => {
    await send('deploy', { clusterId, data: { mode: 'application', job: { jar: 'local:///a.jar' } } }, world);
    const { operationId = '' } = lastOperation() ?? {};
    flink().addJob(operationId);
    await workflows();
    return operationId;
  };

  it.each([
    ['cancel', {}, 'CANCELED'],
    ['stop-job', { directory }, 'FINISHED'],
  ] as const)('by %s ends the cluster at once', async (kind, data, state) => {
    const jobId = await started();

    await send(kind, { clusterId, jobId, data }, world);
    await workflows();

    expect((await world.store.cluster(clusterRef))?.value).toMatchObject({ state });
  });
});
