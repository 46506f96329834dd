import { describe, expect, it } from 'vitest';

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
});
