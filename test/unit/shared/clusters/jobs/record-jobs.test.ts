import { describe, expect, it } from 'vitest';

import { readClusterRecords, recordJobs } from '#shared/clusters/jobs/record-jobs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  reconcile,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('the observation of jobs', () => {
  const send = sendHttp;

  it('records the states of jobs', async () => {
    const jobId = await submitJob(send);
    world.kubernetes
      .cluster(clusterId)
      .flink.setState(jobId, 'FAILED', 'java.lang.ArithmeticException: / by zero\n\tat a.B(C.java:1)');
    await reconcile();

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({
      value: { state: 'FAILED', message: 'ArithmeticException: / by zero', operationId: jobId },
    });
    expect(world.store.writtenTransitions.at(-1)).toMatchObject({ subject: 'job', from: 'RUNNING', to: 'FAILED' });
  });

  it('records more jobs than a transaction can write', async () => {
    await startSession(send);
    for (let job = 0; job < 130; job += 1)
      world.kubernetes.cluster(clusterId).flink.addJob(job.toString(16).padStart(32, '0'));
    await reconcile();

    expect(await world.store.jobs(clusterRef)).toHaveLength(130);
  });

  it('compares twenty thousand jobs within two seconds', async () => {
    const job = (index: number) => {
      const jid = index.toString(16).padStart(32, '0');
      return { jid, name: 'job', state: 'RUNNING', 'start-time': 0, 'end-time': -1, tasks: {} } as const;
    };
    await startSession(send);
    const records = await readClusterRecords(clusterRef, world.ports);
    const cluster = records.cluster.value;
    const overview = Array.from({ length: 20_000 }, (_, index) => job(index));
    const jobs = overview.map(({ jid, name, state }) => {
      const times = { startTime: cluster.createdAt, updatedAt: cluster.createdAt };
      const value = { ...clusterRef, clusterOperationId: cluster.operationId, jobId: jid, name, state, ...times };
      return { value, version: 1 };
    });
    const report = {
      overview,
      recorded: jobs.map(({ value }) => value),
      causes: new Map(),
      savepoints: new Map(),
      submitters: new Map(),
      changedBy: undefined,
      program: undefined,
    };

    const startedMs = performance.now();
    const recorded = await recordJobs({ ...records, jobs }, report, world.ports);

    expect(recorded).toHaveLength(20_000);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });
});
