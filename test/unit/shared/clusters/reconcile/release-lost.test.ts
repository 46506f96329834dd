import { describe, expect, it } from 'vitest';

import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { deliverReconcile } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { deploy, listAdmitted, settle } from '#test/unit/shared/clusters/admission/fixture.ts';
import { getState, limitTarget, world } from '#test/unit/shared/clusters/fixture.ts';

describe('the reconciliation of an admission queue', () => {
  const send = sendHttp;

  it('requests an admission pass each minute', async () => {
    await dispatchReconcile(world.ports);

    expect(world.admissionQueue.sent).toEqual([{ target: 'local' }]);
  });

  it('resumes an admitted deploy whose message was lost', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    world.commandQueue.sendResume = async () => undefined;
    await world.ports.admissionQueue.send('local');
    await runQueues(world);
    Reflect.deleteProperty(world.commandQueue, 'sendResume');
    const lost = await getState('two');
    world.passTime(180);
    await deliverReconcile({ target: 'local' }, world.ports);
    await settle();

    expect(lost).toBe('REQUESTED');
    expect(await getState('two')).toBe('RUNNING');
  });

  it('releases commands whose cluster has ended', async () => {
    await deploy(send, 'one');
    world.passTime(700);
    await deliverReconcile({ target: 'local' }, world.ports);
    // The cleanup never runs.
    world.workflows.started.splice(0);
    world.kubernetes.clusters.clear();
    world.passTime(3_600);
    await deliverReconcile({ target: 'local' }, world.ports);

    expect(await listAdmitted()).toEqual([]);
  });
});
