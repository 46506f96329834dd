import { describe, expect, it } from 'vitest';

import { recordJobs } from '#shared/clusters/jobs/record-jobs.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  reconcile,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { maxGrowth, measureGrowth } from '#test/support/growth.ts';

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

  it('compares jobs in time that grows with their number', async () => {
    const job = (index: number) => {
      const jid = index.toString(16).padStart(32, '0');
      return { jid, name: 'job', state: 'RUNNING', 'start-time': 0, 'end-time': -1, tasks: {} } as const;
    };
    await startSession(send);
    const records = await getClusterWithJobs(clusterRef, world.ports.store);
    const cluster = records.cluster.value;
    const overview = Array.from({ length: 20_000 }, (_, index) => job(index));
    const jobs = overview.map(({ jid, name, state }) => {
      const times = { startTime: cluster.createdAt, updatedAt: cluster.createdAt };
      const value = { ...clusterRef, clusterOperationId: cluster.operationId, jobId: jid, name, state, ...times };
      return { value, version: 1 };
    });
    const report = {
      causes: new Map(),
      savepoints: new Map(),
      submitters: new Map(),
      changedBy: undefined,
      program: undefined,
    };

    const compare = async (count: number) => {
      const some = jobs.slice(0, count);
      const reported = { ...report, overview: overview.slice(0, count), recorded: some.map(({ value }) => value) };
      return (await recordJobs({ ...records, jobs: some }, reported, world.ports)).jobs;
    };

    expect(await compare(20_000)).toHaveLength(20_000);
    expect(await measureGrowth(compare, 1_250)).toBeLessThan(maxGrowth);
  });
});
