import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { origins, sendMessage } from '#test/fakes/origins.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getCluster, getState, limitTarget, session, world } from '#test/unit/shared/clusters/fixture.ts';

import { callQueue, deploy, findOperation, findOperationId, readOperation, settle } from './fixture.ts';

describe.each(origins)('a deploy from %s to a target with limits', (_origin, send) => {
  it('waits for the commands that it depends on, by idempotency key or operation id', async () => {
    await send('deploy', { clusterId: 'one', data: session, key: 'first' }, world);
    await deploy(send, 'two', { dependsOn: ['first'] });
    await deploy(send, 'three', { dependsOn: [findOperationId('one'), 'not come yet'] });
    await settle();

    expect([await getState('one'), await getState('two')]).toEqual(['RUNNING', 'RUNNING']);
    expect(await readOperation(findOperationId('three'))).toMatchObject({
      state: 'QUEUED',
      phase: expect.stringContaining('WaitingForDependency: Waiting for not come yet to finish.'),
    });
  });

  it('learns nothing about an operation of another target', async () => {
    world.targets.known.set('other', { ...plainTarget, namespace: 'other', limits: { clusters: 1 } });
    for (const id of ['full', 'foreign'])
      await send('deploy', { target: 'other', clusterId: id, data: session }, world);
    const operationId = findOperationId('foreign');
    await callQueue('POST', '/{operationId}/cancel', { target: 'other', operationId });
    expect(findOperation('foreign')).toMatchObject({ state: 'CANCELED' });

    await deploy(send, 'one', { dependsOn: [operationId] });
    await settle();

    expect(await readOperation(findOperationId('one'))).toMatchObject({
      state: 'QUEUED',
      phase: expect.stringContaining(`WaitingForDependency: Waiting for ${operationId} to finish.`),
    });
  });

  it('fails when a command that it depends on is canceled', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'two');
    await deploy(send, 'three', { dependsOn: [findOperationId('two')] });
    await callQueue('POST', '/{operationId}/cancel', { operationId: findOperationId('two') });
    await runQueues(world);

    expect(findOperation('two')).toMatchObject({ state: 'CANCELED', problem: { code: 'canceled' } });
    expect(findOperation('three')).toMatchObject({ state: 'FAILED', problem: { code: 'dependency-failed' } });
    expect(await getCluster('three')).toMatchObject({ state: 'FAILED', reason: 'DependencyFailed' });
  });

  it('fails because of an earlier failure of its dependency, and so do the commands that depend on it', async () => {
    world.kubernetes.failNext('apply', new Fault('target-refused', 'no'));
    await send('deploy', { clusterId: 'one', data: session, key: 'first' }, world);
    const outcome = await send(
      'deploy',
      { clusterId: 'two', data: { ...session, dependsOn: ['first'] }, key: 'second' },
      world,
    );
    await deploy(send, 'three', { dependsOn: ['second'] });
    await runQueues(world);
    await settle();

    expect(outcome).toMatchObject({ outcome: 'done' });
    expect(findOperation('two')).toMatchObject({ state: 'FAILED', problem: { code: 'dependency-failed' } });
    expect(findOperation('three')).toMatchObject({ state: 'FAILED', problem: { code: 'dependency-failed' } });
    expect(world.payloads.stored.size).toBe(0);
  });

  it('is rejected when it depends on itself', async () => {
    const data = { ...session, dependsOn: ['mine'] };

    expect(await send('deploy', { clusterId: 'one', data, key: 'mine' }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/dependsOn'],
    });
  });

  it('fails when its dependency was rejected by the queue, and waits when that is sent again without the mistake', async () => {
    const queue = sendMessage;
    await queue('deploy', { clusterId: 'one', data: { mode: 'per-job' }, key: 'first' }, world);
    await deploy(send, 'two', { dependsOn: ['first'] });
    await settle();
    await queue('deploy', { clusterId: 'one', data: session, key: 'first' }, world);
    await deploy(send, 'three', { dependsOn: ['first'] });
    await settle();

    expect(findOperation('two')).toMatchObject({
      state: 'FAILED',
      problem: { detail: 'A command that this one depends on did not finish: first is rejected (unsupported-mode).' },
    });
    expect(await getState('three')).toBe('RUNNING');
  });
});
