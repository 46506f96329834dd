import { describe, expect, it } from 'vitest';

import { deliverReconcile } from '#test/fakes/lambda.ts';
import { origins } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getState, limitTarget, world } from '#test/unit/shared/clusters/fixture.ts';

import { deploy, findOperationId, listAdmitted, settle } from './fixture.ts';

describe.each(origins)('a deploy from %s to a target with limits', (_origin, send) => {
  it('stays admitted after a failure until its objects are removed', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    world.passTime(700);
    await deliverReconcile({ target: 'local' }, world.ports);
    const before = await listAdmitted();
    await settle();
    world.passTime(60);
    await settle();

    expect(await getState('one')).toBe('FAILED');
    expect(before).toEqual(['one']);
    expect(await listAdmitted()).toEqual([]);
  });
});

describe.each(origins)('an application from %s in a target with limits', (_origin, send) => {
  const application = { mode: 'application', job: { jar: 'local:///a.jar' } };

  it.each(['remove', 'keep'])('is released at once when its program fails, with onFailure %s', async (onFailure) => {
    limitTarget({ limits: { clusters: 1 } });
    await send('deploy', { clusterId: 'one', data: { ...application, onFailure } }, world);
    await deploy(send, 'two');
    await settle();
    world.kubernetes.cluster('one').flink.setState(findOperationId('one'), 'FAILED', 'java.lang.Exception: no');
    await deliverReconcile({ target: 'local' }, world.ports);
    await settle();

    expect([await getState('one'), await getState('two')]).toEqual(['FAILED', 'RUNNING']);
    expect(await listAdmitted()).toEqual(['two']);
  });

  it('stays admitted after a failed start with onFailure keep, until a person deletes it', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await send('deploy', { clusterId: 'one', data: { ...application, onFailure: 'keep' } }, world);
    await runQueues(world);
    world.passTime(700);
    await deliverReconcile({ target: 'local' }, world.ports);
    await settle();
    world.passTime(3_600);
    await deliverReconcile({ target: 'local' }, world.ports);
    const kept = await listAdmitted();
    world.kubernetes.clusters.delete('one');
    await deliverReconcile({ target: 'local' }, world.ports);

    expect(await getState('one')).toBe('FAILED');
    expect(kept).toEqual(['one']);
    expect(await listAdmitted()).toEqual([]);
  });
});
