import { describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { recordStop } from '#shared/clusters/workflows/cleanup/record-stopped.ts';
import { removeObjects, verifyRemoval } from '#shared/clusters/workflows/cleanup/remove-objects.ts';
import { takeSavepoints } from '#shared/clusters/workflows/cleanup/take-savepoints.ts';
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

describe('a removal of more pods than a record can name', () => {
  const owned = Array.from({ length: 2_000 }, (_, index) => ({
    kind: 'Pod' as const,
    name: `${'a'.repeat(240)}-${index}`,
    uid: `uid-${index}`,
  }));

  it.each([
    [0, 'waiting'],
    [3_600, 'failed'],
  ])('names some of them after %i seconds', async (seconds, outcome) => {
    await startSession(sendHttp);
    await sendHttp('stop', { clusterId }, world);
    world.kubernetes.remove = async () => ({ owned, highAvailability: [], isReplaced: false });
    world.passTime(seconds);

    const state = await verifyRemoval({ operationId: getLastOperation()?.operationId ?? '' }, world.ports);

    const operation = getLastOperation();
    expect(state.outcome).toBe(outcome);
    expect(`${state.message} ${operation?.phase}`).toContain('1990 more');
    expect(JSON.stringify([state, operation]).length).toBeLessThan(10_000);
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

describe('the steps of a cleanup', () => {
  const begin = async () => {
    await startSession(sendHttp);
    await sendHttp('stop', { clusterId, data: {} }, world);
    return { operationId: getLastOperation()?.operationId ?? '' };
  };

  it('pass on the cluster and the incarnation that they remove', async () => {
    const taken = await takeSavepoints(await begin(), world.ports);
    const removed = await removeObjects(taken, world.ports);
    const { operationId, uid } = (await getCluster()) ?? {};

    expect(taken).toMatchObject({ outcome: 'done', cluster: { target: 'local', clusterId } });
    expect(removed).toMatchObject({ cluster: { clusterId }, incarnation: { operationId, uid } });
    expect(await verifyRemoval(removed, world.ports)).toMatchObject({ outcome: 'done', incarnation: { uid } });
  });

  it('ask the API server while they read the records', async () => {
    const removed = await removeObjects(await takeSavepoints(await begin(), world.ports), world.ports);
    const remove = vi.spyOn(world.kubernetes, 'remove');
    const read = Promise.withResolvers<void>();
    const readOperation = world.store.operation.bind(world.store);
    world.store.operation = async (id) => {
      await read.promise;
      return readOperation(id);
    };

    const verified = verifyRemoval(removed, world.ports);
    await vi.waitFor(() => expect(remove).toHaveBeenCalledTimes(1));
    read.resolve();

    expect(await verified).toMatchObject({ outcome: 'done' });
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it('continue from a state with the operation only, as an earlier version returned it', async () => {
    const state = await begin();

    await removeObjects(state, world.ports);
    expect(await verifyRemoval(state, world.ports)).toMatchObject({ outcome: 'done' });
    await recordStop(state, world.ports);

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
  });
});
