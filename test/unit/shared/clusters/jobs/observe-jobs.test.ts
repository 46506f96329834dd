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

  it('say why they got no TaskManagers, with the text of Kubernetes', async () => {
    await startSession(send);
    const cluster = world.kubernetes.cluster(clusterId);
    const failure = [
      'org.apache.flink.runtime.JobException: Recovery is suppressed',
      '\tat a.b.C.d(C.java:1)',
      'Caused by: org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException: Could not acquire the minimum required resources.',
      '\tat a.b.C.d(C.java:1)',
      'Caused by: java.util.concurrent.TimeoutException: Timeout has occurred: PT5M',
    ].join('\n');
    cluster.flink.addJob('a'.repeat(32), { state: 'FAILED', failure });
    cluster.log = 'x: Message: pods "my-taskmanager-1-1" is forbidden: exceeded quota: q. Received status: Status()';

    const { jobs } = await observeJobs(clusterRef, world.ports);

    expect(jobs[0]?.message).toBe(
      'NoResourceAvailableException: Could not acquire the minimum required resources. pods "my-taskmanager-1-1" is forbidden: exceeded quota: q',
    );
  });
});
