import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { endQueued } from '#shared/clusters/admission/end-queued.ts';
import { deliverReconcile, userArn } from '#test/fakes/lambda.ts';
import { origins } from '#test/fakes/origins.ts';
import { getCluster, getState, limitTarget, world } from '#test/unit/shared/clusters/fixture.ts';

import { deploy, findOperation, settle } from './fixture.ts';

describe.each(origins)('a deploy from %s to a target with limits', (_origin, send) => {
  it('is stopped while it is queued, without having created anything', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await send('stop', { clusterId: 'two' }, world);
    await settle();

    expect(await getState('two')).toBe('STOPPED');
    expect(findOperation('two')).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect((await world.store.queue('local')).queued).toEqual([]);
  });

  it('fails at its deadline while it is queued', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two', { deadline: '2026-11-23T13:00:00Z' });
    await settle();
    world.passTime(3_700);
    await settle();

    expect(await getCluster('two')).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
    expect(findOperation('two')).toMatchObject({ state: 'FAILED', problem: { code: 'not-started' } });
  });

  it('fails at its deadline without an admission pass', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    world.passTime(25 * 3_600);
    await deliverReconcile({ target: 'local' }, world.ports);

    expect(findOperation('two')).toMatchObject({ state: 'FAILED', problem: { code: 'not-started' } });
    expect((await world.store.queue('local')).queued).toEqual([]);
  });

  it('fails when its target was removed while it was queued', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    world.targets.known.delete('local');
    await endQueued(
      { operationId: findOperation('two')?.operationId ?? '' },
      { state: 'FAILED', fault: new Fault('not-found', 'Target local does not exist.'), principal: userArn },
      world.ports,
    );

    expect(await getState('two')).toBe('FAILED');
    expect(findOperation('two')).toMatchObject({ state: 'FAILED', problem: { code: 'not-found' } });
  });
});
