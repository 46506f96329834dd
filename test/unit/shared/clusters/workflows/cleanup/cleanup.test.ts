import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getLastOperation,
  runWorkflows,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('stop from %s', (_origin, send) => {
  it('waits until lingering objects are gone', async () => {
    await startSession(send);
    world.kubernetes.lingers = true;
    await send('stop', { clusterId }, world);
    const remove = world.kubernetes.remove.bind(world.kubernetes);
    let removals = 0;
    world.kubernetes.remove = async (cluster) => {
      removals += 1;
      if (removals === 3) world.kubernetes.collect(cluster.clusterId);
      return remove(cluster);
    };
    await runWorkflows();

    expect(removals).toBe(3);
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('removes a second Deployment that the API server creates late, after the creation was sent again', async () => {
    world.kubernetes.answersLate = true;
    await startSession(send);
    await send('stop', { clusterId }, world);
    const remove = world.kubernetes.remove.bind(world.kubernetes);
    let removals = 0;
    world.kubernetes.remove = async (cluster) => {
      removals += 1;
      if (removals === 3) world.kubernetes.executeLate();
      return remove(cluster);
    };
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('does not remove a Deployment of another owner with the same name', async () => {
    await startSession(send);
    world.kubernetes.deleteByHand(clusterId);
    world.kubernetes.createByHand(clusterId);

    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(world.kubernetes.clusters.size).toBe(1);
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });
});

describe('a stop that fails', () => {
  it('has the reason in its problem', async () => {
    const send = sendHttp;
    await startSession(send);
    await send('stop', { clusterId }, world);
    world.kubernetes.failNext('remove', new Fault('target-refused', 'the role may not delete deployments'));
    await runWorkflows();

    expect(getLastOperation()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'target-refused', detail: 'the role may not delete deployments' },
    });
  });
});
