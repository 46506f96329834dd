import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { deliverAdmissions, deliverReconcile } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { getState, limitTarget, world } from '#test/unit/shared/clusters/fixture.ts';

import { callQueue, deploy, findOperationId, settle } from './fixture.ts';

describe('an admission pass', () => {
  const send = sendHttp;

  it('counts the queued commands, and each new command increments the count', async () => {
    limitTarget({ limits: { clusters: 1 }, maxQueued: 2 });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    const full = await deploy(send, 'four');
    await send('stop', { clusterId: 'three' }, world);
    await settle();

    expect(full).toMatchObject({ outcome: 'returned', code: 'limit-reached' });
    expect(await deploy(send, 'four')).toMatchObject({ outcome: 'done' });
  });

  it('admits for other targets when one of them fails', async () => {
    world.targets.known.set('other', { ...world.targets.known.get('local')!, limits: { clusters: 1 } });
    limitTarget({ limits: { clusters: 1 } });
    for (const name of ['one', 'two']) await deploy(send, name);
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);

    await deliverAdmissions(['no-such-target', 'other', 'local'], world.ports);

    expect(await getState('two')).toBe('REQUESTED');
  });

  it('admits commands before it fails those whose deadline has passed', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'one');
    await deploy(send, 'late', { deadline: '2026-11-23T12:10:00Z' });
    await deploy(send, 'two');
    await send('stop', { clusterId: 'one' }, world);
    await world.workflows.runAll(world.ports);
    world.passTime(700);
    const before = world.store.writtenTransitions.length;
    await deliverAdmissions(['local'], world.ports);

    expect(world.store.writtenTransitions.slice(before).map(({ clusterId, to }) => [clusterId, to])).toEqual([
      ['two', 'REQUESTED'],
      ['late', 'FAILED'],
    ]);
  });

  it('ends no command while the store fails', async () => {
    await deploy(send, 'one', { dependsOn: ['first'] });
    const idempotency = world.store.idempotency.bind(world.store);
    world.store.idempotency = async () => {
      throw new Fault('limit-reached', 'too many');
    };

    await deliverAdmissions(['local'], world.ports);
    world.store.idempotency = idempotency;

    expect(await getState('one')).toBe('QUEUED');
  });

  it('reserves capacity for a command that does not fit for half an hour, and not longer', async () => {
    limitTarget({ limits: { cpu: 4 } });
    await deploy(send, 'one');
    await deploy(send, 'large', { config: { 'kubernetes.jobmanager.cpu.amount': 4 } });
    await deploy(send, 'small');
    await settle();
    const soon = await getState('small');
    world.passTime(31 * 60);
    await settle();

    expect([soon, await getState('small'), await getState('large')]).toEqual(['QUEUED', 'RUNNING', 'QUEUED']);
    expect((await callQueue('GET', '')).body['queued']).toMatchObject([
      { clusterId: 'large', reason: 'WaitingForQuota' },
    ]);
  });

  it('reserves capacity for half an hour for all commands that do not fit, and anew after a start', async () => {
    limitTarget({ limits: { cpu: 4 } });
    await deploy(send, 'one');
    const large = { config: { 'kubernetes.jobmanager.cpu.amount': 4 } };
    const inMinutes = (minutes: number) => new Date(world.ports.now().getTime() + minutes * 60_000).toISOString();
    await deploy(send, 'large', { ...large, deadline: inMinutes(29) });
    await deploy(send, 'larger', { ...large, deadline: inMinutes(58) });
    await deploy(send, 'small');
    await settle();
    world.passTime(29 * 60 + 30);
    await settle();
    expect([await getState('large'), await getState('small')]).toEqual(['FAILED', 'QUEUED']);
    world.passTime(60);
    await settle();
    expect([await getState('larger'), await getState('small')]).toEqual(['QUEUED', 'RUNNING']);

    world.passTime(2 * 60 * 60);
    await deploy(send, 'last', large);
    await settle();
    expect((await world.store.queueHead('local')).reservations).toMatchObject({
      deploy: { operationId: findOperationId('last') },
    });
    for (const clusterId of ['one', 'small']) await sendHttp('stop', { clusterId }, world);
    await settle();
    expect(await getState('last')).toBe('RUNNING');
    expect((await world.store.queueHead('local')).reservations).toEqual({});
  });

  it('refuses a deadline later than payloads are stored', async () => {
    expect(await deploy(send, 'one', { deadline: '2026-12-07T12:00:00Z' })).toMatchObject({
      outcome: 'rejected',
      code: 'malformed-request',
      pointers: ['/deadline'],
    });
  });

  it('writes nothing of commands that stay queued', async () => {
    limitTarget({ limits: { clusters: 1 } });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    await settle();
    const read: string[] = [];
    const operation = world.store.operation.bind(world.store);
    world.store.operation = async (id) => {
      read.push(id);
      return operation(id);
    };
    await deliverReconcile({ target: 'local' }, world.ports);

    expect(read.filter((id) => [findOperationId('two'), findOperationId('three')].includes(id))).toEqual([]);
  });
});
