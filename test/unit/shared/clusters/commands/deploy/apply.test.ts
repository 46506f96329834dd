import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { IncompleteDeployment } from '#shared/clusters/model/kubernetes.ts';
import { origins, sendHttp, sendMessage } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  listOperations,
  runWorkflows,
  session,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('deploy from %s', (_origin, send) => {
  it('continues with the same command when its objects were created but not recorded', async () => {
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if (change.cluster?.value.state === 'DEPLOYING') throw new Fault('limit-reached', 'too many');
      return commit(change);
    };
    const first = await send('deploy', { clusterId, data: session, key: 'etl-1' }, world);
    world.store.commit = commit;

    await send('deploy', { clusterId, data: session, key: 'etl-1' }, world);
    await runWorkflows();

    expect(first).toMatchObject({ outcome: 'returned' });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(listOperations()).toHaveLength(1);
  });

  it('never changes an object of another owner with its name', async () => {
    world.kubernetes.createByHand(clusterId);
    const { uid } = world.kubernetes.cluster(clusterId);

    const outcome = await send('deploy', { clusterId, data: session }, world);
    await runWorkflows();

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'id-taken' });
    expect(world.kubernetes.cluster(clusterId).uid).toBe(uid);
    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'id-taken' });
  });
});

describe('a deploy that is delivered twice at the same time', () => {
  it('continues when one of the deliveries is refused', async () => {
    const deploy = () => sendMessage('deploy', { clusterId, data: session, key: 'etl-1' }, world);
    const apply = world.kubernetes.apply.bind(world.kubernetes);
    world.kubernetes.apply = async (...manifests) => {
      world.kubernetes.apply = apply;
      const { uid } = await apply(...manifests);
      await deploy();
      throw new IncompleteDeployment(new Fault('target-refused', 'the token has expired'), uid);
    };
    await deploy();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect((await world.kubernetes.observe(clusterId)).deployment).toBeDefined();
  });
});

describe('a deploy while the target is unreachable', () => {
  it('fails with the reason over HTTP, and the id can be used again', async () => {
    const [[, send] = ['', undefined]] = origins;
    world.kubernetes.unreachable = true;

    expect(await send?.('deploy', { clusterId, data: session }, world)).toMatchObject({
      outcome: 'returned',
      code: 'target-unreachable',
    });
    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'target-unreachable' });
  });

  it('is completed by the next delivery of its message', async () => {
    const send = sendMessage;
    world.kubernetes.unreachable = true;
    const first = await send?.('deploy', { clusterId, data: session, key: 'm-1' }, world);
    world.kubernetes.unreachable = false;

    const second = await send?.('deploy', { clusterId, data: session, key: 'm-1' }, world);
    await runWorkflows();

    expect([first?.outcome, second?.outcome]).toEqual(['returned', 'done']);
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(listOperations()).toHaveLength(1);
  });
});

describe('a deploy that a stop ends while its objects are created', () => {
  it('removes them, and records that Flink may have written data', async () => {
    const apply = world.kubernetes.apply.bind(world.kubernetes);
    world.kubernetes.apply = async (...manifests) => {
      const created = await apply(...manifests);
      await sendHttp('stop', { clusterId, data: {} }, world);
      return created;
    };

    await sendHttp('deploy', { clusterId, data: session }, world);

    expect((await world.kubernetes.observe(clusterId)).deployment).toBeUndefined();
    expect((await getCluster())?.uid).toBeDefined();
  });
});
