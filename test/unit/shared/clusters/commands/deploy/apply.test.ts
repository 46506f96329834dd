import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problem.ts';
import { origins, sendMessage } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  listOperations,
  runWorkflows,
  session,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('through %s, deploy', (_door, send) => {
  it('has not failed when what was created could not be written down: the same command goes on', async () => {
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

  it('never touches what somebody else created under its name', async () => {
    world.kubernetes.createByHand(clusterId);
    const { uid } = world.kubernetes.cluster(clusterId);

    const outcome = await send('deploy', { clusterId, data: session }, world);
    await runWorkflows();

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'id-taken' });
    expect(world.kubernetes.cluster(clusterId).uid).toBe(uid);
    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'id-taken' });
  });
});

describe('when nothing answers,', () => {
  it('a deploy through HTTP fails with the reason, and the id is free again', async () => {
    const [[, send] = ['', undefined]] = origins;
    world.kubernetes.unreachable = true;

    expect(await send?.('deploy', { clusterId, data: session }, world)).toMatchObject({
      outcome: 'returned',
      code: 'target-unreachable',
    });
    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'target-unreachable' });
  });

  it('a deploy through the queue is finished by its next delivery', async () => {
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
