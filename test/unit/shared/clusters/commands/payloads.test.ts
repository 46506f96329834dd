import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { deliverAdmissions, deliverCommands, deliverReconcile, makeDreyRecord } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  data,
  getBatch,
  getBatchId,
  listDeploys,
  publishVerdicts,
} from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import { listOperations, world } from '#test/unit/shared/clusters/fixture.ts';

describe('the payload of a batch or a deploy', () => {
  const send = sendHttp;

  it('is removed at the end of the batch, and no later delivery needs it', async () => {
    await send('batch', { data }, world);
    const messages = [...world.commandQueue.sent];
    await runQueues(world);
    await world.workflows.runAll(world.ports);
    const before = world.payloads.stored.size;
    await publishVerdicts(
      listDeploys().map(({ operationId }) => ({ operationId, target: 'local', verdict: 'FINISHED', at: '' })),
    );
    for (const sent of messages) await deliverCommands([makeDreyRecord(sent)], world.ports);

    expect([before, world.payloads.stored.size]).toEqual([1, 0]);
    expect(getBatch()).toMatchObject({ state: 'SUCCEEDED' });
    expect(world.bus.rejected).toEqual([]);
    expect((await world.store.batchItems(getBatchId())).map(({ verdict }) => verdict)).toEqual([
      'FINISHED',
      'FINISHED',
    ]);
  });

  it('is removed when a batch or an admitted deploy fails at its deadline', async () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
    await send('batch', { data }, world);
    world.commandQueue.sent.splice(0);
    for (const clusterId of ['one', 'two']) await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await runQueues(world);
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    await deliverAdmissions(['local'], world.ports);
    const before = world.payloads.stored.size;
    world.passTime(8 * 24 * 3_600);
    await deliverReconcile({ target: 'local' }, world.ports);

    expect([before, world.payloads.stored.size]).toEqual([2, 0]);
    expect(listOperations().find(({ clusterId }) => clusterId === 'two')).toMatchObject({ state: 'FAILED' });
  });

  it.each(['deploy', 'batch'] as const)(
    'is stored once when the record of a %s is written after a conflict',
    async (kind) => {
      const target = world.targets.known.get('local')!;
      world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
      await send('deploy', { clusterId: 'one', data: { mode: 'session' } }, world);
      await runQueues(world);
      const commit = world.store.commit.bind(world.store);
      let conflicts = 1;
      world.store.commit = async (change) => {
        if ((conflicts -= 1) >= 0) throw new Fault('conflict', 'another command was faster');
        return commit(change);
      };
      await (kind === 'batch'
        ? send('batch', { data }, world)
        : send('deploy', { clusterId: 'two', data: { mode: 'session' } }, world));

      expect(world.payloads.stored.size).toBe(1);
    },
  );
});
