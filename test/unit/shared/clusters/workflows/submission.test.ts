import { Readable } from 'node:stream';

import { describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { recordJob, runJar, uploadJar } from '#shared/clusters/workflows/submission.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  getLastOperation,
  jar,
  listOperations,
  runWorkflows,
  session,
  setPolicy,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('submit from %s', (_origin, send) => {
  it('fails with the exception of the program, and the session continues', async () => {
    await startSession(send);
    world.kubernetes.cluster(clusterId).flink.program = () => ({
      thrown:
        'org.apache.flink.runtime.rest.handler.RestHandlerException: Could not execute application.\n\tat a.B(C.java:1)\nCaused by: org.apache.flink.client.program.ProgramInvocationException: The main method caused an error: no input\n\tat a.B(C.java:1)\nCaused by: java.lang.IllegalArgumentException: no input\n\tat a.B(C.java:1)',
    });
    await send('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'program-failed', detail: expect.stringContaining('IllegalArgumentException: no input') },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('waits while the session starts, and then starts the job', async () => {
    await send('deploy', { clusterId, data: session }, world);
    const outcome = await send('submit', { clusterId, data: { jar } }, world);
    await runQueues(world);
    const before = getLastOperation();
    await runWorkflows();
    await world.ports.admissionQueue.send('local');
    await runQueues(world);
    await runWorkflows();

    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(before).toMatchObject({ kind: 'submit', state: 'QUEUED' });
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('fails when the policy forbids it by the time it starts', async () => {
    await send('deploy', { clusterId, data: session }, world);
    await send('submit', { clusterId, data: { jar, args: ['a'] } }, world);
    await runQueues(world);
    setPolicy({ denied: ['job.args'] });
    await runWorkflows();
    await world.ports.admissionQueue.send('local');
    await runQueues(world);
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ kind: 'submit', state: 'FAILED', problem: { code: 'refused-option' } });
    expect([...getFlink().jobs]).toEqual([]);
  });

  it('fails when the session that it waits for fails', async () => {
    await send('deploy', { clusterId, data: session }, world);
    await send('submit', { clusterId, data: { jar } }, world);
    await send('stop', { clusterId }, world);
    await world.ports.admissionQueue.send('local');
    await runQueues(world);

    expect(listOperations().find(({ kind }) => kind === 'submit')).toMatchObject({
      state: 'FAILED',
      problem: { code: 'wrong-state' },
    });
    expect((await world.store.queue('local')).queued).toEqual([]);
  });

  it('uploads the jar again when the JobManager restarted in the meantime', async () => {
    await startSession(send);
    await send('submit', { clusterId, data: { jar } }, world);
    const { flink } = world.kubernetes.cluster(clusterId);
    let first = true;
    const answer = flink.answer.bind(flink);
    flink.answer = async (request) => {
      if (first && request.path.endsWith('/run')) {
        first = false;
        flink.forgetAll();
      }
      return answer(request);
    };
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
    expect(flink.jobs.size).toBe(1);
  });
});

describe('the steps of a submit', () => {
  const begin = async () => {
    await startSession(sendHttp);
    await sendHttp('submit', { clusterId, data: { jar } }, world);
    return { operationId: getLastOperation()?.operationId ?? '' };
  };

  it('start one job, also when the step that runs it is repeated', async () => {
    const uploaded = await uploadJar(await begin(), world.ports);

    await runJar(uploaded, world.ports);
    await runJar(uploaded, world.ports);
    await recordJob(uploaded, world.ports);

    expect([...getFlink().jobs.keys()]).toEqual([uploaded.operationId]);
    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('end the submit in the transaction that records its job, and delete the jar', async () => {
    const uploaded = await uploadJar(await begin(), world.ports);
    await runJar(uploaded, world.ports);
    const commit = vi.spyOn(world.store, 'commit');

    await recordJob(uploaded, world.ports);

    expect(commit).toHaveBeenCalledTimes(1);
    expect(commit.mock.calls[0]?.[0]).toMatchObject({
      jobs: [{ value: { jobId: uploaded.operationId } }],
      operations: [{ value: { state: 'SUCCEEDED' } }],
    });
    expect(getFlink().jars.size).toBe(0);
  });

  it('end the submit after a concurrent write to the session', async () => {
    const uploaded = await uploadJar(await begin(), world.ports);
    await runJar(uploaded, world.ports);
    vi.spyOn(world.store, 'commit').mockImplementationOnce(async () => {
      throw new Fault('conflict', 'A concurrent command changed the record.');
    });

    await recordJob(uploaded, world.ports);

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('record the job although its jar cannot be deleted', async () => {
    const uploaded = await uploadJar(await begin(), world.ports);
    await runJar(uploaded, world.ports);
    getFlink().jars.clear();

    await recordJob(uploaded, world.ports);

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('continue from a state without the session, as an earlier version returned it', async () => {
    const { session: _session, ...uploaded } = await uploadJar(await begin(), world.ports);

    await runJar(uploaded, world.ports);
    await recordJob(uploaded, world.ports);

    expect(getLastOperation()).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('end the download of a jar that is not uploaded, because the session stops', async () => {
    const state = await begin();
    const body = Readable.from([Buffer.from('PK')]);
    const jars = { ...world.ports.jars, open: async () => ({ stream: body, bytes: 2 }) };
    await sendHttp('stop', { clusterId }, world);

    await expect(uploadJar(state, { ...world.ports, jars })).rejects.toMatchObject({ code: 'wrong-state' });

    expect(body.destroyed).toBe(true);
  });
});
