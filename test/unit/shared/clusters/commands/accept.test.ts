import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getLastOperation,
  listOperations,
  runWorkflows,
  session,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('a command that is sent twice at the same time', () => {
  it('has the same operation in both responses', async () => {
    const send = sendHttp;
    await send('deploy', { clusterId, data: session, key: 'k-1' }, world);
    const read = world.store.cluster.bind(world.store);
    // The first delivery commits after the second one has read the cluster.
    world.store.cluster = async () => {
      world.store.cluster = read;
      return undefined;
    };

    const second = await send('deploy', { clusterId, data: session, key: 'k-1' }, world);

    expect(second).toMatchObject({ outcome: 'done' });
    expect(listOperations()).toHaveLength(1);
  });

  it('keeps the payload that the other delivery stored', async () => {
    const send = sendHttp;
    const apply = world.kubernetes.apply.bind(world.kubernetes);
    world.kubernetes.apply = async (...words) => {
      world.kubernetes.apply = apply;
      await send('deploy', { clusterId, data: session, key: 'k-1' }, world);
      await runWorkflows();
      throw new Fault('target-unreachable', `no answer for ${String(words.length)}`);
    };

    const first = await send('deploy', { clusterId, data: session, key: 'k-1' }, world);
    await world.workflows.run('cleanup', getLastOperation()!.operationId, world.ports);

    expect(first).toMatchObject({ outcome: 'done' });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(world.kubernetes.clusters.size).toBe(1);
  });
});
