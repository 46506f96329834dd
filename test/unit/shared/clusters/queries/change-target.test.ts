import { describe, expect, it } from 'vitest';

import { defaultPolicy } from '#events/records/policy.ts';
import { admit } from '#shared/clusters/admission/admit.ts';
import { Fault } from '#events/problems/problem.ts';
import { putTarget } from '#shared/clusters/queries/targets.ts';
import { sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  getCluster,
  runWorkflows,
  session,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe('a change of a target', () => {
  const send = sendHttp;
  const clusterRef = {
    cluster: 'eks',
    region: 'eu-central-1',
    namespace: 'flink',
    defaults: {},
    policy: defaultPolicy,
    limits: {},
    shares: {},
    maxQueued: 100,
    maxJarBytes: 1_000,
  };

  const paused = { since: '2026-11-23T12:00:00.000Z', principal: 'arn:aws:iam::000000000000:user/ada' };
  const roleArn = 'arn:aws:iam::111122223333:role/drey-remote';

  it.each([{ namespace: 'other' }, { cluster: 'other' }, { region: 'eu-west-1' }, { roleArn }])(
    'to %j cannot move it while it has a cluster',
    async (change) => {
      await startSession(send);

      await expect(putTarget('local', { ...clusterRef, ...change }, world.ports)).rejects.toMatchObject({
        code: 'wrong-state',
        message: expect.stringContaining('Target local has clusters etl, so its account, cluster') as string,
      });
      expect(world.targets.known.get('local')).toMatchObject({ cluster: 'eks', namespace: 'flink' });
    },
  );

  it('moves it to a free namespace, and to none that another target has', async () => {
    world.targets.known.set('other', { ...clusterRef, namespace: 'other' });

    await expect(putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports)).rejects.toMatchObject({
      code: 'namespace-taken',
    });
    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'flink' });
    await putTarget('local', { ...clusterRef, namespace: 'free' }, world.ports);
    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'free' });
  });

  it('does not move it when a deploy is recorded at the same time', async () => {
    const move = world.targets.move.bind(world.targets);
    world.targets.move = async (...named) => {
      await startSession(send);
      await move(...named);
    };

    await expect(putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports)).rejects.toMatchObject({
      code: 'wrong-state',
    });
    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'flink' });
  });

  it('leaves it where it is when a deploy is recorded there after the move', async () => {
    const move = world.targets.move.bind(world.targets);
    world.targets.move = async (...named) => {
      await move(...named);
      await startSession(send);
    };

    await putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports);

    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'other' });
  });

  it('does not move it when a start on a limited target is recorded at the same time', async () => {
    world.targets.known.set('local', { ...clusterRef, limits: { clusters: 5 } });
    const move = world.targets.move.bind(world.targets);
    world.targets.move = async (...named) => {
      await startSession(send);
      await runQueues(world);
      await expect(move(...named)).rejects.toMatchObject({ code: 'conflict' });
      throw new Fault('conflict', 'changed');
    };

    await expect(putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports)).rejects.toMatchObject({
      code: 'wrong-state',
    });
    expect(world.targets.known.get('local')).toMatchObject({ namespace: 'flink' });
  });

  it('moves it in one step, so that it exists at each time', async () => {
    const queue = world.store.queue.bind(world.store);
    const places: unknown[] = [];
    world.store.queue = async (name) => {
      places.push(world.targets.known.get('local')?.namespace);
      return queue(name);
    };

    await putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports);

    expect(places).toEqual(['flink', 'flink', 'other']);
  });

  it('fails a deploy that was recorded before the move and continues after it', async () => {
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'The API server does not answer.'));
    const deliver = () => sendMessage('deploy', { clusterId, key: 'first', data: session }, world);
    expect(await deliver()).toMatchObject({ outcome: 'returned' });
    world.targets.known.set('local', { ...clusterRef, namespace: 'other' });

    expect(await deliver()).toMatchObject({ code: 'wrong-state' });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect((await world.store.queue('local')).admitted).toEqual([]);
  });

  it('lets a deploy from a cached target start in the new namespace', async () => {
    const cached = await world.targets.get('local');
    const get = world.targets.get.bind(world.targets);
    // The conflict of the first attempt removes the target from the cache.
    world.targets.get = async () => {
      world.targets.get = get;
      return cached;
    };
    world.targets.known.set('local', { ...clusterRef, namespace: 'other' });

    expect(await send('deploy', { clusterId, data: session }, world)).toMatchObject({ outcome: 'done' });
    expect((await getCluster())?.namespace).toBe('other');
  });

  it('lets a queued deploy start in the new namespace', async () => {
    await world.store.commit({
      queueControl: { target: 'local', paused, usage: undefined, reservations: {}, previous: undefined },
    });
    await send('deploy', { clusterId, data: session }, world);
    await putTarget('local', { ...clusterRef, namespace: 'other' }, world.ports);
    await world.store.commit({
      queueControl: { target: 'local', paused: undefined, usage: undefined, reservations: {}, previous: 1 },
    });
    await admit('local', world.ports);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      namespace: 'other',
      highAvailabilityData: { place: 'stage/eu-central-1/eks/other' },
    });
  });

  it('keeps its options while it has a cluster', async () => {
    await startSession(send);

    const policy = { ...defaultPolicy, denied: ['files'] };
    await expect(putTarget('local', { ...clusterRef, policy }, world.ports)).resolves.toMatchObject({ policy });
  });

  it.each([
    ['kubernetes.secrets', 'kubernetes.secrets.mine', '/mnt'],
    ['kubernetes.secrets.mine', 'kubernetes.secrets', 'mine:/mnt'],
    ['kubernetes.secrets.*', 'kubernetes.secrets', 'mine:/mnt'],
    ['kubernetes.jobmanager.*', 'kubernetes.jobmanager.annotations', 'a:b'],
    ['kubernetes.jobmanager.annotations.a', 'kubernetes.jobmanager.annotations', 'a:b'],
    ['kubernetes.container.image', 'kubernetes.container.image.ref', 'x'],
    ['kubernetes.jobmanager.*', 'kubernetes.jobmanager.cpu.amount', '2'],
  ])('that denies %s makes deploys reject %s', async (name, option, value) => {
    await putTarget('local', { ...clusterRef, policy: { ...defaultPolicy, denied: [name] } }, world.ports);

    expect(await send('deploy', { clusterId, data: { ...session, config: { [option]: value } } }, world)).toMatchObject(
      { code: 'refused-option', pointers: [`/config/${option}`] },
    );
  });
});
