import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getLastOperation, world } from '#test/unit/shared/clusters/fixture.ts';
import { deploy, findDeploy, settle } from '#test/unit/shared/clusters/restore/fixture.ts';

describe('a table that is throttled temporarily', () => {
  const throttle = (times: number) => {
    const readOperation = world.store.operation.bind(world.store);
    let reads = 0;
    world.store.operation = async (id) => {
      if ((reads += 1) <= times) throw new Fault('limit-reached', 'AWS takes no more requests of Drey at the moment');
      return readOperation(id);
    };
  };

  it('fails no deploy whose objects exist', async () => {
    await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session' } }, world);
    throttle(8);
    await settle();

    expect(findDeploy('etl')).toMatchObject({ state: 'SUCCEEDED' });
  });

  it('fails no stop', async () => {
    await deploy();
    await sendHttp('stop', { clusterId: 'etl', data: { savepoint: 'none' } }, world);
    throttle(8);
    await settle();

    expect(getLastOperation()).toMatchObject({ kind: 'stop', state: 'SUCCEEDED' });
  });

  it('fails no deploy whose record was not written and is not sent again', async () => {
    const commit = world.store.commit.bind(world.store);
    let left = 1;
    world.store.commit = async (change) => {
      if (change.cluster?.value.state === 'DEPLOYING' && (left -= 1) >= 0)
        throw new Fault('limit-reached', 'AWS takes no more requests of Drey at the moment');
      await commit(change);
    };
    const first = await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session' } }, world);
    expect(first.code).toBe('limit-reached');

    for (let minute = 0; minute < 4; minute += 1) {
      world.passTime(60);
      await dispatchReconcile(world.ports);
      await runQueues(world);
    }
    await settle();

    expect(findDeploy('etl')?.state).toBe('SUCCEEDED');
  });
});
