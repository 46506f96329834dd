import { describe, expect, it } from 'vitest';

import { deliverReconcile } from '#test/fakes/lambda.ts';
import { origins } from '#test/fakes/origins.ts';
import { getState, limitTarget, world } from '#test/unit/shared/clusters/fixture.ts';

import { deploy, findOperationId, listAdmitted, settle } from './fixture.ts';

describe.each(origins)('through %s, a deploy to a target with limits', (_door, send) => {
  it('holds its place after a failure until what was created is gone', async () => {
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

describe.each(origins)('through %s, an application in a target with limits', (_door, send) => {
  const application = { mode: 'application', job: { jar: 'local:///a.jar' } };

  it.each(['remove', 'keep'])(
    'frees its place at once when its program failed, with onFailure %s',
    async (onFailure) => {
      limitTarget({ limits: { clusters: 1 } });
      await send('deploy', { clusterId: 'one', data: { ...application, onFailure } }, world);
      await deploy(send, 'two');
      await settle();
      world.kubernetes.cluster('one').flink.setState(findOperationId('one'), 'FAILED', 'java.lang.Exception: no');
      await deliverReconcile({ target: 'local' }, world.ports);
      await settle();

      expect([await getState('one'), await getState('two')]).toEqual(['FAILED', 'RUNNING']);
      expect(await listAdmitted()).toEqual(['two']);
    },
  );

  it('that did not come up and is kept holds its place until somebody deletes it', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await send('deploy', { clusterId: 'one', data: { ...application, onFailure: 'keep' } }, world);
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
