import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { runJar, uploadJar } from '#shared/clusters/workflows/submission.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { listOperations, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';
import {
  clicks,
  deploy,
  findDeploy,
  getJob,
  getOperation,
  listRestoredJobs,
  listRunningJobs,
  orders,
  otherJar,
  restore,
  setSavepoints,
  settle,
  stop,
  submit,
} from '#test/unit/shared/clusters/restore/fixture.ts';

describe('a session with restore', () => {
  it('submits each job once when the workflow repeats the step', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    let failures = 0;
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      // This step makes the cluster RUNNING, after the submits are recorded.
      if (change.cluster?.value.state === 'RUNNING' && (failures += 1) < 3) throw new Error('the function was killed');
      await commit(change);
    };
    await settle();

    expect(failures).toBeGreaterThan(2);
    expect(listOperations().filter(({ kind }) => kind === 'submit')).toHaveLength(2);
    expect(listRunningJobs('etl')).toHaveLength(1);
  });

  it('runs although a job is rejected, and records why', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.stored.clear();
    await settle();

    const [restored] = listRestoredJobs('etl');
    expect(findDeploy('etl')).toMatchObject({ state: 'SUCCEEDED' });
    expect(listOperations().find(({ operationId }) => operationId === restored?.jobId)).toMatchObject({
      kind: 'submit',
      state: 'FAILED',
      problem: { code: 'jar-refused' },
    });
  });

  it('queues jobs that exceed the limits of the target', async () => {
    await deploy();
    await submit(clicks);
    await submit(orders);
    await stop();
    world.targets.known.set('local', { ...(await world.targets.get('local')), limits: { jobs: 1 } });

    await deploy({ restore });
    await settle();

    const states = listRestoredJobs('etl').map(
      ({ jobId }) => listOperations().find(({ operationId }) => operationId === jobId)?.state,
    );
    expect(states).toEqual(['SUCCEEDED', 'QUEUED']);
  });
});

describe('the restored jobs of a session', () => {
  it('do not start on a later incarnation, which restores them itself if it is to have them', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    const [late] = listRestoredJobs('etl');
    await world.workflows.run('startup', findDeploy('etl')?.operationId ?? '', world.ports);
    await world.ports.admissionQueue.send('local');
    await runQueues(world);
    const uploaded = await uploadJar({ operationId: late?.jobId ?? '' }, world.ports);
    // The execution of the submit takes so long that the session ends, and starts again.
    world.workflows.started.length = 0;
    await stop();
    await deploy();

    await expect(runJar(uploaded, world.ports)).rejects.toMatchObject({ code: 'superseded' });
    expect(listRunningJobs('etl')).toEqual([]);
  });

  it('do not delay the session when one of them never starts', async () => {
    await deploy();
    await submit(clicks);
    await submit({ ...orders, jar: otherJar });
    await stop();
    world.passTime(60);
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    await world.workflows.runAll(world.ports);
    world.kubernetes.cluster('etl').flink.program = ({ entryClass }) =>
      entryClass === 'com.example.Orders'
        ? { thrown: 'java.io.FileNotFoundException: savepoint' }
        : { state: 'RUNNING' };
    await settle();
    expect(getOperation(listRestoredJobs('etl')[1]?.jobId)?.state).toBe('FAILED');
    world.passTime(60);
    await stop();
    world.passTime(30 * 24 * 3600);
    world.jars.stored.delete(otherJar);

    const outcome = await deploy({ restore });

    expect(outcome.outcome).toBe('done');
  });

  it('are not started twice when high availability recovers them', async () => {
    await deploy();
    const one = await submit(clicks);
    setSavepoints((jobId) => ({ location: `${savepointDirectory}/${jobId}` }));
    const [key, known] = [...world.store.jobRecords].find(([, { value }]) => value.jobId === one) ?? [];
    await stop('none');
    // The state after a best-effort stop with ha: keep whose JobManager was lost after the savepoint.
    const { endTime: _endTime, ...value } = getJob(one) ?? {};
    if (key !== undefined && known !== undefined)
      world.store.jobRecords.set(key, {
        ...known,
        value: {
          ...known.value,
          ...value,
          state: 'SUSPENDED',
          finalSavepoint: `${savepointDirectory}/${one}`,
          stoppedWithCluster: true,
        },
      });

    await deploy({ restore: { ...restore, allowEmptyState: true } });

    expect(listRestoredJobs('etl')).toEqual([]);
  });

  it.each([
    ['is full', new Fault('limit-reached', 'too many wait'), 'limit-reached'],
    ['cannot be read', new Error('S3 answers 503'), 'internal'],
  ])('do not delay the session when its queue or jar %s', async (_what, trouble, code) => {
    await deploy();
    await submit(clicks);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    world.jars.inspect = async () => {
      throw trouble;
    };
    await settle();

    expect(findDeploy('etl')).toMatchObject({ state: 'SUCCEEDED' });
    expect(getOperation(listRestoredJobs('etl')[0]?.jobId)).toMatchObject({ state: 'FAILED', problem: { code } });
  });

  it('are submitted although the bucket is throttled for a moment', async () => {
    await deploy();
    await submit(clicks);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    const inspect = world.jars.inspect.bind(world.jars);
    let attempts = 0;
    world.jars.inspect = async (...args) => {
      if ((attempts += 1) === 1)
        throw new Fault('limit-reached', 'AWS takes no more requests of Drey at the moment: try again');
      return inspect(...args);
    };
    await settle();
    const [restored] = listRestoredJobs('etl');
    expect(getOperation(restored?.jobId)).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('are submitted although one of them cannot be', async () => {
    await deploy();
    await submit({ ...clicks, jar: otherJar });
    await submit(orders);
    await stop();
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session', restore } }, world);
    const inspect = world.jars.inspect.bind(world.jars);
    world.jars.inspect = async (name, target) => {
      if (name === otherJar) throw new Error('AccessDenied');
      return inspect(name, target);
    };
    await settle();
    expect(listRestoredJobs('etl').map(({ jobId }) => getOperation(jobId)?.state)).toEqual(['FAILED', 'SUCCEEDED']);
  });
});
