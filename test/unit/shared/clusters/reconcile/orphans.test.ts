import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { findOrphans, removeOrphans, reportOrphans } from '#shared/clusters/reconcile/orphans.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

const send = sendHttp;
const findAll = () => findOrphans('local', world.ports);
const startSession = async (clusterId: string) => {
  await send('deploy', { clusterId, data: session }, world);
  await runWorkflows();
};
const keepHighAvailability = (clusterId: string) =>
  world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));

describe('an orphan', () => {
  it('is no object of a live cluster, nor of a deploy in progress', async () => {
    await startSession('live');
    keepHighAvailability('live');
    await send('deploy', { clusterId: 'coming', data: session }, world);

    expect(await findAll()).toEqual([]);
  });

  it('is a Flink cluster without a record', async () => {
    await startSession('live');
    world.kubernetes.createByHand('by-hand');

    expect(await findAll()).toMatchObject([{ kind: 'Deployment', name: 'by-hand', reason: 'NotRecorded' }]);
  });

  it('is no Deployment that a failed deploy keeps, until a stop has ended the cluster', async () => {
    world.kubernetes.startsAtOnce = false;
    await send('deploy', { clusterId: 'kept', data: { ...session, onFailure: 'keep' } }, world);
    await runWorkflows();
    expect(await findAll()).toEqual([]);

    const [deployment] = [...world.kubernetes.clusters.entries()];
    await send('stop', { clusterId: 'kept' }, world);
    await world.workflows.runAll(world.ports);
    world.kubernetes.clusters.set(...deployment!); // Created late, by a request that was in progress.
    expect(await findAll()).toMatchObject([{ kind: 'Deployment', name: 'kept', reason: 'NotRecorded' }]);
  });

  it.each([
    ['a deploy in progress in another target', 'team-b', 'deploy', 'fake'],
    ['a deploy in progress of another cluster', 'local', 'deploy', 'coming'],
    ['a command in progress that is no deploy', 'local', 'stop', 'fake'],
  ] as const)('is a Deployment that names %s', async (_what, target, kind, clusterId) => {
    const local = world.targets.known.get('local');
    if (local !== undefined) world.targets.known.set('team-b', local);
    await send('deploy', { target, clusterId, data: session }, world);
    if (kind === 'stop') await send('stop', { target, clusterId }, world);
    const operationId = [...world.store.operations.keys()].at(-1);
    if (target === 'local') world.kubernetes.clusters.clear();
    else world.kubernetes.clusters.delete(clusterId);
    const fake = {
      kind: 'Deployment' as const,
      name: 'fake',
      uid: 'uid-of-fake',
      clusterId: 'fake',
      operationId,
      foreign: false,
      ownerUid: undefined,
    };
    world.kubernetes.strays.push(fake);

    expect(await findAll()).toMatchObject([{ name: 'fake', reason: 'NotRecorded' }]);
  });

  it('is the high-availability data of a STOPPED cluster', async () => {
    await startSession('kept');
    keepHighAvailability('kept');
    await send('stop', { clusterId: 'kept' }, world);
    await world.workflows.runAll(world.ports);

    expect(await findAll()).toMatchObject([
      { kind: 'ConfigMap', name: 'kept-cluster-config-map', clusterId: 'kept', reason: 'HighAvailabilityData' },
    ]);
  });

  const left = {
    kind: 'Service',
    name: 'left-rest',
    uid: 'uid-of-left-rest',
    clusterId: 'left',
    operationId: undefined,
    foreign: false,
    ownerUid: 'uid-of-left',
  } as const;

  it.each(['left', 'live'])(
    'is a Service of an earlier Deployment, unless its cluster is live: %s',
    async (clusterId) => {
      await startSession('live');
      world.kubernetes.strays.push({ ...left, clusterId });

      const orphan = { kind: 'Service', name: 'left-rest', reason: 'NoDeployment' };
      expect(await findAll()).toMatchObject(clusterId === 'left' ? [orphan] : []);
    },
  );

  it('is no object that another stage or target created, nor the data of its cluster', async () => {
    const theirs = { ...left, foreign: true, operationId: 'f'.repeat(32) };
    const deployment = {
      ...theirs,
      kind: 'Deployment',
      name: 'left',
      uid: left.ownerUid,
      ownerUid: undefined,
    } as const;
    const data = { ...left, kind: 'ConfigMap', name: 'left-cluster-config-map', ownerUid: undefined } as const;
    world.kubernetes.strays.push(theirs, deployment, data);

    expect(await findAll()).toEqual([]);
    await expect(removeOrphans('local', [deployment], world.ports)).rejects.toMatchObject({ code: 'wrong-state' });
  });

  it('is removed on request, and nothing else is', async () => {
    keepHighAvailability('one');
    keepHighAvailability('two');
    const [one] = await findAll();

    const removed = await removeOrphans('local', [one!], world.ports);

    expect(removed).toEqual([one]);
    expect(await findAll()).toMatchObject([{ clusterId: 'two' }]);
  });

  it('is no object of a live cluster, and a request that names one removes nothing', async () => {
    await startSession('live');
    keepHighAvailability('one');
    const [orphan] = await findAll();
    const { uid } = world.kubernetes.cluster('live');

    const removal = removeOrphans('local', [orphan!, { kind: 'Deployment', name: 'live', uid }], world.ports);

    await expect(removal).rejects.toMatchObject({ code: 'wrong-state', errors: [{ pointer: '/orphans/1' }] });
    expect(await findAll()).toHaveLength(1);
    expect(world.kubernetes.clusters.has('live')).toBe(true);
  });

  it('is named once in a problem about several objects that are no orphans', async () => {
    const uid = 'u';
    const named = ['one', 'two'].map((name) => ({ kind: 'Deployment', name, uid }) as const);

    await expect(removeOrphans('local', named, world.ports)).rejects.toMatchObject({
      message: '2 of the objects are not orphans in target local. List the orphans again.',
      errors: [{ pointer: '/orphans/0' }, { pointer: '/orphans/1' }],
    });
  });

  it('is published once a pass, and an unreachable target is skipped', async () => {
    keepHighAvailability('one');
    await reportOrphans(world.ports);
    world.kubernetes.failNext('listFlinkObjects', new Fault('target-unreachable', 'dark'));
    await reportOrphans(world.ports);

    expect(world.bus.published).toMatchObject([
      { type: 'Flink Orphans Found', detail: { target: 'local', count: 1, orphans: [{ clusterId: 'one' }] } },
    ]);
  });
});
