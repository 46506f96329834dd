import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getCluster, jar, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  extend,
  getLifetime,
  hour,
  listStops,
  listWarnings,
  reconcileMinutes,
  startSession,
  submitJob,
} from './fixture.ts';

describe('a session with idleAfter', () => {
  const idleAfter = '30min';

  it('ends after it had no live job for that long, and is warned of before', async () => {
    await startSession({ idleAfter });

    await reconcileMinutes(31);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED', reason: 'Idle' });
    expect(listWarnings()).toMatchObject([{ reason: 'Idle' }]);
  });

  it('stays while a job runs, and counts from the end of the job', async () => {
    await startSession({ idleAfter });
    await submitJob();
    await reconcileMinutes(60);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect((await getLifetime())?.idle).toBeUndefined();

    const [jobId = ''] = world.kubernetes.cluster(clusterId).flink.jobs.keys();
    world.kubernetes.cluster(clusterId).flink.setState(jobId, 'FINISHED');
    await reconcileMinutes(29);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    await reconcileMinutes(3);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('does not count the time in which the API server did not answer', async () => {
    await startSession({ idleAfter });
    world.kubernetes.unreachable = true;
    await reconcileMinutes(120);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });

    world.kubernetes.unreachable = false;
    await reconcileMinutes(30);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    await reconcileMinutes(2);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('does not count the time in which Flink did not answer', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(10);
    world.kubernetes.cluster(clusterId).flink.leaderless = true;
    await reconcileMinutes(25);
    world.kubernetes.cluster(clusterId).flink.leaderless = false;

    await reconcileMinutes(29);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('does not count the time without reconcile passes', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(10);
    world.passTime(hour);

    await reconcileMinutes(29);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('stays while a submit to it is in progress', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(29);
    await sendHttp('submit', { clusterId, data: { jar } }, world);

    await reconcileMinutes(3);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    await runWorkflows();
    await reconcileMinutes(60);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('stays after a submit that the index does not list yet', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(29);
    await sendHttp('submit', { clusterId, data: { jar } }, world);
    // The index follows the table later.
    world.store.openOperations = async () => ({ items: [] });

    await reconcileMinutes(3);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(listStops()).toEqual([]);
  });

  it('rejects a submit after its end was recorded', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(29);
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      world.store.commit = commit;
      await reconcileMinutes(2);
      return commit(change);
    };

    const outcome = await sendHttp('submit', { clusterId, data: { jar } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
    expect(await getCluster()).toMatchObject({ state: 'STOPPING', reason: 'Idle' });
  });

  it('counts anew after an extension', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(29);
    await extend({ idleAfter });
    await reconcileMinutes(29);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', lifetime: { version: 2 } });
  });

  it('cannot be an application, which ends with its program', async () => {
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    const data = { mode: 'application', job, lifetime: { idleAfter } };

    expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({
      code: 'malformed-request',
      pointers: ['/lifetime/idleAfter'],
    });
  });
});
