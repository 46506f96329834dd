import { describe, expect, it } from 'vitest';

import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { takeSnapshot } from '#shared/clusters/workflows/snapshot.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getFlink, listOperations, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  clicks,
  deploy,
  getJob,
  listFormerJobs,
  orders,
  requestStop,
  restore,
  setSavepoints,
  settle,
  submit,
} from './fixture.ts';

describe('the mark of a job that was stopped with its cluster', () => {
  it('is set by an observation that read the cluster before its stop', async () => {
    await deploy();
    const one = await submit(clicks);
    const stale = await getClusterWithJobs({ target: 'local', clusterId: 'etl' }, world.ports.store);
    setSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    setSavepoints(() => 'in-progress');
    await requestStop();
    const flink = getFlink('etl');
    const answer = flink.answer.bind(flink);
    let observed = false;
    flink.answer = async (request) => {
      const result = await answer(request);
      const [trigger] = [...flink.savepoints].find(([, value]) => value === 'in-progress') ?? [];
      if (!observed && trigger !== undefined && request.method === 'GET' && request.path.includes('/savepoints/')) {
        observed = true;
        flink.complete(one, trigger, `${savepointDirectory}/${one}`);
        await updateJobs(stale, world.ports);
      }
      return result;
    };
    await settle();
    expect(observed).toBe(true);
    expect(getJob(one)?.finalSavepoint).toBe(`${savepointDirectory}/${one}`);

    expect(getJob(one)?.stoppedWithCluster).toBe(true);
  });

  it('is not set for a job that was stopped on its own just before the cluster', async () => {
    await deploy();
    const [one, other] = [await submit(clicks), await submit(orders)];
    setSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    await sendHttp('stop-job', { clusterId: 'etl', jobId: one, data: { directory: savepointDirectory } }, world);
    // The workflow has asked Flink, which has ended the job. No observation has followed.
    const trigger = listOperations().findLast(({ kind }) => kind === 'stop-job')?.operationId ?? '';
    await takeSnapshot({ operationId: trigger }, world.ports);
    await requestStop();
    const at = world.workflows.started.findIndex(({ workflow }) => workflow === 'cleanup');
    world.workflows.started.unshift(...world.workflows.started.splice(at, 1));
    await settle();

    await deploy({ restore });

    expect(listFormerJobs('etl')).toEqual([other]);
  });
});
