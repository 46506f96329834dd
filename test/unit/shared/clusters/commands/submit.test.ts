import { describe, expect, it } from 'vitest';

import { jarBytes } from '#test/fakes/jars.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getLastOperation,
  jar,
  listOperations,
  listStates,
  runWorkflows,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('submit from %s', (_origin, send) => {
  it('runs the program under the id of its operation, and records the job', async () => {
    const jobId = await submitJob(send);

    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'RUNNING', operationId: jobId } });
    expect(world.kubernetes.cluster(clusterId).flink.jobs.has(jobId)).toBe(true);
    expect(getLastOperation()).toMatchObject({ kind: 'submit', state: 'SUCCEEDED', jobId });
    expect(listStates().at(-1)).toBe('job RUNNING');
  });

  it('passes the arguments and options to the program', async () => {
    await startSession(send);
    const data = {
      jar,
      entryClass: 'a.Main',
      args: ['--x', '1'],
      parallelism: 3,
      restore: { path: 's3://b/sp', allowNonRestoredState: true },
      config: { 'pipeline.name': 'night' },
    };
    await send('submit', { clusterId, data }, world);
    await runWorkflows();

    expect([...world.kubernetes.cluster(clusterId).flink.jobs.values()][0]?.options).toMatchObject({
      entryClass: 'a.Main',
      programArgsList: ['--x', '1'],
      parallelism: 3,
      savepointPath: 's3://b/sp',
      allowNonRestoredState: true,
      flinkConfiguration: { 'pipeline.name': 'night' },
    });
  });

  it.each([
    ['no upload of this target', 's3://bucket/uploads/other/1/job.jar', undefined],
    ['no zip file', 's3://bucket/uploads/local/2/job.jar', new Uint8Array([1, 2, 3, 4])],
    [
      'larger than the target takes',
      's3://bucket/uploads/local/3/job.jar',
      new Uint8Array([...jarBytes, ...new Uint8Array(2_000)]),
    ],
  ])('rejects a jar that is %s', async (_what, bad, content) => {
    await startSession(send);
    if (content !== undefined) world.jars.stored.set(bad, content);

    expect(await send('submit', { clusterId, data: { jar: bad } }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'jar-refused',
      pointers: ['/jar'],
    });
    expect(listOperations()).toHaveLength(1);
  });
});
