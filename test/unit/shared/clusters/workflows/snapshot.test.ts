import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { takeSnapshot } from '#shared/clusters/workflows/snapshot.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  getFlink,
  getLastOperation,
  runWorkflows,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const directory = 's3://bucket/savepoints';

describe.each(origins)('a snapshot from %s, while not all tasks of the job run', (_origin, send) => {
  const kinds = ['savepoint', 'checkpoint', 'stop-job'] as const;
  const dataOf = (kind: (typeof kinds)[number]) => (kind === 'checkpoint' ? {} : { directory });

  it.each(kinds)('waits for the tasks and shows it: %s', async (kind) => {
    const jobId = await submitJob(send);
    getFlink().setTasks(jobId, { total: 2, running: 1, deploying: 1 });
    await send(kind, { clusterId, jobId, data: dataOf(kind) }, world);
    const { operationId = '' } = getLastOperation() ?? {};

    const waiting = await takeSnapshot({ operationId }, world.ports);
    const { phase } = getLastOperation() ?? {};
    getFlink().setTasks(jobId, { total: 2, running: 2 });
    const taken = await takeSnapshot(waiting, world.ports);

    expect(waiting).toMatchObject({ outcome: 'waiting', waitsFor: 'tasks' });
    expect(phase).toBe('Waiting for the tasks of the job to run.');
    expect(taken).toMatchObject({ outcome: 'done' });
    expect(taken).not.toHaveProperty('waitsFor');
  });

  it.each(kinds)('fails at its deadline: %s', async (kind) => {
    const jobId = await submitJob(send);
    getFlink().setState(jobId, 'RESTARTING');

    await send(kind, { clusterId, jobId, data: dataOf(kind) }, world);
    await runWorkflows();

    const detail = expect.stringContaining(`not all tasks of job ${jobId} were RUNNING`) as string;
    expect(getLastOperation()).toMatchObject({ state: 'FAILED', problem: { code: 'deadline-exceeded', detail } });
    expect(getFlink().savepoints.size + getFlink().checkpoints.size).toBe(0);
  });

  it.each(kinds)('fails when the job ends: %s', async (kind) => {
    const jobId = await submitJob(send);
    getFlink().setState(jobId, 'FAILING');
    await send(kind, { clusterId, jobId, data: dataOf(kind) }, world);
    const { operationId = '' } = getLastOperation() ?? {};

    const waiting = await takeSnapshot({ operationId }, world.ports);
    getFlink().setState(jobId, 'FAILED');

    expect(await takeSnapshot(waiting, world.ports)).toMatchObject({
      outcome: 'failed',
      reason: 'wrong-state',
      message: `Job ${jobId} on ${clusterId} is already FAILED.`,
    });
  });

  it.each([
    ['STOPPING', { outcome: 'waiting' }],
    ['RUNNING', 'There is no Flink cluster.'],
  ] as const)('whose Flink is gone waits for the end of a cluster that is %s', async (state, expected) => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    const waiting = await takeSnapshot({ operationId }, world.ports);
    if (state === 'STOPPING') await send('stop', { clusterId }, world);
    world.kubernetes.flink = () => () => Promise.reject(new Fault('not-found', 'There is no Flink cluster.'));

    const next = await takeSnapshot(waiting, world.ports).catch((error: Fault) => error.message);

    expect([next]).toMatchObject([expected]);
  });

  it('continues after a stop was requested, which ends the tasks', async () => {
    const jobId = await submitJob(send);
    getFlink().savepoint = () => 'in-progress';
    await send('stop-job', { clusterId, jobId, data: { directory } }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    await takeSnapshot({ operationId }, world.ports);
    getFlink().setTasks(jobId, { total: 2, running: 0, canceling: 2 });

    // The state of a repeated step: it does not say that the savepoint was requested.
    const repeated = await takeSnapshot({ operationId }, world.ports);

    expect(repeated).toMatchObject({ outcome: 'waiting' });
    expect(repeated).not.toHaveProperty('waitsFor');
    expect(getFlink().requests.filter(({ path }) => path.endsWith('/stop'))).toHaveLength(1);
  });
});
