import { describe, expect, it } from 'vitest';

import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  jar,
  runWorkflows,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('the jobs of a cluster', () => {
  const send = sendHttp;
  const list = async () => (await observeJobs(clusterRef, world.ports)).jobs.map(({ jobId }) => jobId);

  it('are those of its current incarnation', async () => {
    await submitJob(send);
    await send('stop', { clusterId }, world);
    await runWorkflows();

    const second = await submitJob(send);

    expect(await list()).toEqual([second]);
  });

  it('are kept by an observation that started before they were recorded', async () => {
    await startSession(send);
    const { flink } = world.kubernetes.cluster(clusterId);
    const answer = flink.answer.bind(flink);
    flink.answer = async (request) => {
      const response = await answer(request);
      flink.answer = answer;
      if (request.path.endsWith('/overview')) {
        await send('submit', { clusterId, data: { jar } }, world);
        await runWorkflows();
      }
      return response;
    };

    await list();

    expect([...world.store.jobRecords.values()].map(({ value }) => value.state)).toEqual(['RUNNING']);
  });
});
