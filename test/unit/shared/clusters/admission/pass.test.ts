import { describe, expect, it } from 'vitest';

import type { Change } from '#shared/clusters/model/records/records.ts';
import { putTarget } from '#shared/clusters/queries/targets.ts';
import { setPriority } from '#shared/clusters/queue/queue-control.ts';
import { deliverAdmissions, deliverReconcile } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { publishVerdicts } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import { getState, jar, limitTarget, runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

import { deploy, findOperation, findOperationId, settle } from './fixture.ts';

const send = sendHttp;
const enqueue = (clusterId: string, data: object = {}) =>
  send('deploy', { clusterId, data: { ...session, ...data } }, world);
const enqueueMany = async (count: number, data: object = {}) => {
  for (let index = 0; index < count; index += 1) await enqueue(`c${index}`, data);
};
const pass = () => deliverAdmissions(['local'], world.ports);
const readUsage = async () => (await world.store.queueHead('local')).usage?.total.clusters;

/** Records the changes that a pass writes. */
const recordChanges = () => {
  const changes: Change[] = [];
  const commit = world.store.commit.bind(world.store);
  world.store.commit = async (change) => {
    await commit(change);
    changes.push(change);
  };
  return changes;
};

describe('an admission pass over a target with limits', () => {
  it('starts 18 commands in a transaction, until the limit is reached', async () => {
    limitTarget({ limits: { clusters: 40 } });
    await enqueueMany(41);
    const changes = recordChanges();
    await pass();

    expect(changes.map(({ admitted = [] }) => admitted.length).filter((count) => count > 0)).toEqual([18, 18, 4]);
    expect(await readUsage()).toBe(40);
    expect((await world.store.queue('local')).queued).toHaveLength(1);
  });

  it('starts nothing twice when two passes decide at once', async () => {
    limitTarget({ limits: { clusters: 3 } });
    await enqueueMany(6);
    await Promise.all([pass(), pass()]);

    expect((await world.store.queue('local')).admitted).toHaveLength(3);
    expect(await readUsage()).toBe(3);
    expect(world.commandQueue.sent).toHaveLength(3);
  });

  it('reads only the first commands of each team, however many wait', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await deploy(send, 'first');
    limitTarget({ maxQueued: 1_000 });
    for (let index = 0; index < 120; index += 1)
      await enqueue(`c${index}`, { labels: { team: `t${index % 2}` }, priority: index === 119 ? 1 : 0 });
    world.passTime(300);
    limitTarget({ limits: { clusters: 2 } });
    let read = 0;
    const readyCommands = world.store.readyCommands.bind(world.store);
    world.store.readyCommands = async (...page) => {
      const found = await readyCommands(...page);
      read += found.commands.length;
      return found;
    };
    world.store.admittedCommands = async () => {
      throw new Error('A pass reads no admitted commands.');
    };
    await pass();

    expect(await getState('c119')).toBe('REQUESTED');
    expect(read).toBeLessThanOrEqual(100);
  });

  it('counts once what started before the target had limits, and what starts shortly afterwards', async () => {
    for (const name of ['one', 'two']) await deploy(send, name);
    limitTarget({ limits: { clusters: 4 } });
    await enqueue('three');
    await pass();
    expect(await readUsage()).toBe(3);
    // A function that does not know the limits yet.
    limitTarget({ limits: {} });
    await deploy(send, 'four');
    limitTarget({ limits: { clusters: 4 } });
    await enqueue('five');
    await pass();

    expect(await readUsage()).toBe(4);
    expect(await getState('five')).toBe('QUEUED');
  });

  it('subtracts what has ended, and removes its record', async () => {
    limitTarget({ limits: { clusters: 2 } });
    for (const name of ['one', 'two']) await deploy(send, name);
    await settle();
    await send('stop', { clusterId: 'one' }, world);
    await runWorkflows();
    const released = (await world.store.queueHead('local')).released.length;
    await pass();

    expect([released, await readUsage(), world.store.admitted.size]).toEqual([1, 1, 1]);
    expect((await world.store.queueHead('local')).released).toEqual([]);
  });

  it('has its usage repaired by the reconciler', async () => {
    limitTarget({ limits: { clusters: 2 } });
    await deploy(send, 'one');
    await settle();
    const { value, version } = world.store.queueControls.get('local')!;
    const usage = { ...value.usage!, total: { ...value.usage!.total, clusters: 7 } };
    world.store.queueControls.set('local', { value: { ...value, usage }, version });
    await deliverReconcile({ target: 'local' }, world.ports);

    expect(await readUsage()).toBe(1);
  });

  it('counts anew after the target had no limits', async () => {
    limitTarget({ limits: { clusters: 2 } });
    await deploy(send, 'one');
    const { name: _name, ...target } = await world.targets.getLatest('local');
    await putTarget('local', { ...target, maxAge: '8h' }, world.ports);
    const kept = await readUsage();
    await putTarget('local', { ...target, limits: {} }, world.ports);
    const forgotten = await readUsage();
    await putTarget('local', target, world.ports);
    await pass();

    expect([kept, forgotten, await readUsage()]).toEqual([1, undefined, 1]);
  });

  it('starts a command first whose priority was raised', async () => {
    limitTarget({ limits: { clusters: 1 } });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    await setPriority({ target: 'local', operationId: findOperationId('three'), priority: 5 }, world.ports);
    limitTarget({ limits: { clusters: 2 } });
    await runQueues(world);

    expect([await getState('two'), await getState('three')]).toEqual(['QUEUED', 'DEPLOYING']);
    expect((await world.store.queue('local')).queued).toHaveLength(1);
  });

  it('sorts a command among those that wait for capacity when its dependency has finished', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await send('deploy', { clusterId: 'one', data: session, key: 'first' }, world);
    await runQueues(world);
    await deploy(send, 'two', { dependsOn: ['first'] });
    const before = (await world.store.waitingCommands('local')).length;
    await settle();
    const { commands } = await world.store.readyCommands('local', { after: '', limit: 9 });

    expect([before, (await world.store.waitingCommands('local')).length]).toEqual([1, 0]);
    expect(commands.map(({ value }) => value.clusterId)).toEqual(['two']);
    expect(findOperation('two')).toMatchObject({ state: 'QUEUED', readyKey: commands[0]?.readyKey });
  });

  it('starts records of an earlier version, which have no place among those that wait for capacity', async () => {
    limitTarget({ limits: { clusters: 1 } });
    for (const name of ['one', 'two']) await deploy(send, name);
    const [record] = (await world.store.queue('local')).queued;
    const { value, version } = world.store.operations.get(findOperationId('two'))!;
    const { readyKey: _readyKey, ...operation } = value;
    world.store.operations.set(operation.operationId, { value: operation, version });
    await world.store.commit({
      queued: [{ value: record!.value, readyKey: undefined, previous: undefined }],
      dequeued: [{ ...record!.value, readyKey: record!.readyKey }],
    });
    limitTarget({ limits: { clusters: 2 } });
    await settle();

    expect(await getState('two')).toBe('RUNNING');
    expect((await world.store.queue('local')).queued).toEqual([]);
  });

  it('is requested once by the verdicts that are published together', async () => {
    for (const name of ['one', 'two']) await deploy(send, name);
    await runWorkflows();
    world.admissionQueue.sent.splice(0);
    await publishVerdicts();

    expect(world.store.verdicts.size).toBe(2);
    expect(world.admissionQueue.sent).toEqual([{ target: 'local' }]);
  });

  it('removes the record of a command that has ended, and ends', async () => {
    limitTarget({ limits: { clusters: 1 } });
    for (const name of ['one', 'two']) await deploy(send, name);
    const [record] = (await world.store.queue('local')).queued;
    await send('stop', { clusterId: 'two' }, world);
    const { value, readyKey } = record!;
    await world.store.commit({
      queued: [{ value: { ...value, deadline: '2026-01-01T00:00:00.000Z' }, readyKey, previous: undefined }],
    });
    await pass();

    expect((await world.store.queue('local')).queued).toEqual([]);
    expect(findOperation('two')).toMatchObject({ state: 'CANCELED' });
  });

  it('corrects the size of a long queue once a minute', async () => {
    limitTarget({ limits: { clusters: 1 } });
    for (const name of ['one', 'two', 'three']) await deploy(send, name);
    await world.store.updateApproximateSize('local', { to: 99 });
    await deliverReconcile({ target: 'local' }, world.ports);

    expect(await world.store.queueHead('local')).toMatchObject({ approximateSize: 2 });
  });
});

describe('a submit that waits for capacity', () => {
  const fill = async () => {
    limitTarget({ limits: { jobs: 1 } });
    await deploy(send, 'etl');
    await settle();
    for (let count = 0; count < 2; count += 1) await send('submit', { clusterId: 'etl', data: { jar } }, world);
    await settle();
    return findOperation('etl', 'submit')!;
  };

  it('fails when its session has ended, although no pass reads it', async () => {
    const { operationId } = await fill();
    await send('stop', { clusterId: 'etl' }, world);
    await runWorkflows();
    await deliverReconcile({ target: 'local' }, world.ports);

    expect(world.store.operations.get(operationId)?.value).toMatchObject({
      state: 'FAILED',
      problem: { code: 'wrong-state' },
    });
    expect((await world.store.queue('local')).queued).toEqual([]);
  });
});
