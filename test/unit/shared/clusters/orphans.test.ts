import { beforeEach, describe, expect, it } from 'vitest';

import { Fault } from '#events/problem.ts';
import { findOrphans, removeOrphans, reportOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { doors, makeWorld, type Send, type World } from '#test/fakes/world.ts';

const [, send] = doors[0] as readonly [string, Send];
const session = { mode: 'session' };
let world: World;
beforeEach(() => {
  world = makeWorld();
});

const found = () => findOrphans('local', world.ports);
const keep = (clusterId: string) =>
  world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));
const started = async (clusterId: string) => {
  await send('deploy', { clusterId, data: session }, world);
  await world.workflows.runAll(world.ports);
};

describe('an orphan', () => {
  it('is nothing of a cluster that lives, nor of a deploy that is on its way', async () => {
    await started('live');
    keep('live');
    await send('deploy', { clusterId: 'coming', data: session }, world);

    expect(await found()).toEqual([]);
  });

  it('is a Flink cluster that nobody recorded', async () => {
    await started('live');
    world.kubernetes.createByHand('by-hand');

    expect(await found()).toMatchObject([{ kind: 'Deployment', name: 'by-hand', reason: 'NotRecorded' }]);
  });

  it('is what high availability keeps of a cluster that is stopped', async () => {
    await started('kept');
    keep('kept');
    await send('stop', { clusterId: 'kept' }, world);
    await world.workflows.runAll(world.ports);

    expect(await found()).toMatchObject([
      { kind: 'ConfigMap', name: 'kept-cluster-config-map', clusterId: 'kept', reason: 'HighAvailabilityData' },
    ]);
  });

  it.each([true, false])('is a Service without a Deployment, whether it had an owner (%s)', async (owned) => {
    world.kubernetes.strays.push({
      kind: 'Service',
      name: 'left-rest',
      uid: 'uid-of-left-rest',
      clusterId: 'left',
      operationId: undefined,
      owned,
    });

    expect(await found()).toMatchObject([{ kind: 'Service', name: 'left-rest', reason: 'NoDeployment' }]);
  });

  it('is removed on command, and nothing beside it', async () => {
    keep('one');
    keep('two');
    const [one] = await found();

    const removed = await removeOrphans('local', [one!], world.ports);

    expect(removed).toEqual([one]);
    expect(await found()).toMatchObject([{ clusterId: 'two' }]);
  });

  it('is not what belongs to a live cluster, whoever says so; then nothing is removed', async () => {
    await started('live');
    keep('one');
    const [orphan] = await found();
    const { uid } = world.kubernetes.cluster('live');

    const removal = removeOrphans('local', [orphan!, { kind: 'Deployment', name: 'live', uid }], world.ports);

    await expect(removal).rejects.toMatchObject({ code: 'wrong-state', errors: [{ pointer: '/orphans/1' }] });
    expect(await found()).toHaveLength(1);
    expect(world.kubernetes.clusters.has('live')).toBe(true);
  });

  it('is told of on the bus, once a look, and a target that does not answer is passed over', async () => {
    keep('one');
    await reportOrphans(world.ports);
    world.kubernetes.failNext('listFlinkObjects', new Fault('target-unreachable', 'dark'));
    await reportOrphans(world.ports);

    expect(world.bus.published).toMatchObject([
      { type: 'Flink Orphans Found', detail: { target: 'local', count: 1, orphans: [{ clusterId: 'one' }] } },
    ]);
  });
});
