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

describe('a session that ends when it is idle', () => {
  const idleAfter = '30min';

  it('ends when no job lived for that long, and is told of before', async () => {
    await startSession({ idleAfter });

    await reconcileMinutes(31);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED', reason: 'Idle' });
    expect(listWarnings()).toMatchObject([{ reason: 'Idle' }]);
  });

  it('lives while a job runs, and counts from its end', async () => {
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

  it('does not count time in which the API server did not answer', async () => {
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

  it('does not count time in which Flink did not answer', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(10);
    world.kubernetes.cluster(clusterId).flink.leaderless = true;
    await reconcileMinutes(25);
    world.kubernetes.cluster(clusterId).flink.leaderless = false;

    await reconcileMinutes(29);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('does not count time in which nobody looked', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(10);
    world.passTime(hour);

    await reconcileMinutes(29);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('lives while somebody is about to start a job on it', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(29);
    await sendHttp('submit', { clusterId, data: { jar } }, world);

    await reconcileMinutes(3);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    await runWorkflows();
    await reconcileMinutes(60);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('lives behind a submit that no list shows yet', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(29);
    await sendHttp('submit', { clusterId, data: { jar } }, world);
    // An index is behind what it lists.
    world.store.openOperations = async () => [];

    await reconcileMinutes(3);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(listStops()).toEqual([]);
  });

  it('refuses a submit that its end was faster than', async () => {
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

  it('begins anew behind an extension', async () => {
    await startSession({ idleAfter });
    await reconcileMinutes(29);
    await extend({ idleAfter });
    await reconcileMinutes(29);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING', lifetime: { version: 2 } });
  });

  it('is not an application: that ends with its program', async () => {
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    const data = { mode: 'application', job, lifetime: { idleAfter } };

    expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({
      code: 'malformed-request',
      pointers: ['/lifetime/idleAfter'],
    });
  });
});
