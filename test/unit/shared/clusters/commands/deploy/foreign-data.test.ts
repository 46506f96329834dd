import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { IncompleteDeployment } from '#shared/clusters/model/kubernetes.ts';
import { removeObjects } from '#shared/clusters/workflows/cleanup/remove-objects.ts';
import { origins } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  limitTarget,
  reconcile,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' };
const map = `${clusterId}-cluster-config-map`;
const leave = () => world.kubernetes.highAvailability.set(clusterId, new Set([map]));
const leaveNow = () => {
  leave();
  world.kubernetes.dataCreatedAt.set(map, world.ports.now().toISOString());
};
const isLeft = () => world.kubernetes.highAvailability.get(clusterId)?.has(map);

describe.each(origins)('high-availability data that another owner left, for a deploy from %s', (_origin, send) => {
  const deploy = (data: Readonly<Record<string, unknown>> = { mode: 'session', config }) =>
    send('deploy', { clusterId, data }, world);
  const stop = async (ha: 'keep' | 'purge') => {
    await send('stop', { clusterId, data: { ha } }, world);
    await runWorkflows();
  };
  /** An incarnation of this target writes the data. */
  const runAndStop = async () => {
    await deploy();
    await runWorkflows();
    leave();
    await stop('keep');
  };

  it.each(['session', 'application'])('is not recovered by a %s, and stays', async (mode) => {
    leave();
    limitTarget({ limits: { clusters: 1 } });
    const job = { jar: 'local:///a.jar' };
    await deploy({ mode, config, ...(mode === 'application' ? { job } : {}) });
    await runQueues(world);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'id-taken' });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect(isLeft()).toBe(true);
    expect((await world.store.queue('local')).admitted).toEqual([]);
  });

  it('does not keep a cluster without high availability from its deploy', async () => {
    leave();

    expect(await deploy({ mode: 'session' })).toMatchObject({ outcome: 'done' });
  });

  it('is still refused when the deploy is repeated with a new key', async () => {
    leave();
    await deploy();

    expect(await deploy()).toMatchObject({ code: 'id-taken' });
    expect(isLeft()).toBe(true);
  });

  it('is that of the target if it deployed the cluster before', async () => {
    await runAndStop();

    expect(await deploy()).toMatchObject({ outcome: 'done' });
  });

  it('is that of the target, also after a cluster without high availability and a refused one', async () => {
    await runAndStop();
    await deploy({ mode: 'session' });
    await stop('keep');
    world.kubernetes.foreign.add(`Service/${clusterId}-rest`);
    await deploy();
    await runWorkflows();
    world.kubernetes.foreign.clear();

    expect(await deploy()).toMatchObject({ outcome: 'done' });
  });

  it('is that of the target if its failed deploy wrote it', async () => {
    world.kubernetes.startsAtOnce = false;
    const remove = world.kubernetes.remove.bind(world.kubernetes);
    world.kubernetes.remove = async (...named) => {
      world.passTime(10);
      leaveNow();
      world.passTime(10);
      return remove(...named);
    };
    await deploy();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FAILED' });
    expect(isLeft()).toBe(true);
    expect(await deploy()).toMatchObject({ outcome: 'done' });
  });

  it('is purged with a later cluster if its failed deploy wrote it, and was still being removed', async () => {
    const apply = world.kubernetes.apply.bind(world.kubernetes);
    world.kubernetes.apply = async (manifests, operationId) => {
      await apply(manifests, operationId);
      throw new Fault('target-refused', 'no answer');
    };
    await deploy({ mode: 'application', config, job: { jar: 'local:///a.jar' } });
    world.kubernetes.apply = apply;
    world.passTime(10);
    leaveNow();
    const { operationId = '' } = (await getCluster()) ?? {};
    await removeObjects({ operationId }, world.ports);
    await deploy({ mode: 'session' });
    await runWorkflows();
    await stop('purge');

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(isLeft()).toBe(false);
  });

  it('is purged with a later cluster if its deploy wrote it, and could not create all of its objects', async () => {
    const apply = world.kubernetes.apply.bind(world.kubernetes);
    world.kubernetes.apply = async (manifests, operationId) => {
      const { uid } = await apply(manifests, operationId);
      leaveNow();
      world.passTime(10);
      throw new IncompleteDeployment(new Fault('target-refused', 'the role may not create services'), uid);
    };
    await deploy({ mode: 'application', config, job: { jar: 'local:///a.jar' } });
    world.kubernetes.apply = apply;
    await runWorkflows();
    await deploy({ mode: 'session' });
    await runWorkflows();
    await stop('purge');

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(isLeft()).toBe(false);
  });

  it('is not that of the target if it is newer than the last incarnation with high availability', async () => {
    await runAndStop();
    await deploy({ mode: 'session' });
    await stop('keep');
    world.passTime(60);
    leaveNow();

    expect(await deploy()).toMatchObject({ code: 'id-taken' });
    expect(isLeft()).toBe(true);
  });

  it('is not that of the target if the target was in another namespace', async () => {
    await runAndStop();
    limitTarget({ namespace: 'elsewhere' });

    expect(await deploy()).toMatchObject({ code: 'id-taken' });
    expect(isLeft()).toBe(true);
  });

  it.each(['session', 'application'])('stays when a %s without high availability is purged', async (mode) => {
    leave();
    await deploy({ mode, ...(mode === 'application' ? { job: { jar: 'local:///a.jar' } } : {}) });
    await runWorkflows();
    await stop('purge');

    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(isLeft()).toBe(true);
  });

  it.each([{}, config])('stays when an application fails that created no Deployment: %o', async (own) => {
    world.kubernetes.foreign.add(`Service/${clusterId}-rest`);
    const answer = await deploy({ mode: 'application', config: own, job: { jar: 'local:///a.jar' } });
    leave();
    await runWorkflows();

    expect(answer).toMatchObject({ code: 'id-taken' });
    expect(await getCluster()).toMatchObject({ state: 'FAILED' });
    expect(isLeft()).toBe(true);
  });

  it('does not suspend the jobs of a cluster without high availability', async () => {
    leave();
    await deploy({ mode: 'session' });
    await runWorkflows();
    getFlink().addJob('a'.repeat(32));
    await reconcile();
    await stop('keep');

    expect((await world.store.jobs(clusterRef)).map(({ value }) => value.state)).toEqual(['CANCELED']);
  });

  it('is deleted with the cluster that recovered it', async () => {
    await runAndStop();
    await deploy();
    await runWorkflows();
    world.kubernetes.cluster(clusterId).ready = false;
    await stop('purge');

    expect(isLeft()).toBe(false);
  });

  it('is deleted with an application whose deploy got no answer', async () => {
    const apply = world.kubernetes.apply.bind(world.kubernetes);
    world.kubernetes.apply = async (manifests, operationId) => {
      await apply(manifests, operationId);
      throw new Fault('target-refused', 'no answer');
    };
    await deploy({ mode: 'application', config, job: { jar: 'local:///a.jar' } });
    leaveNow();
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'FAILED' });
    expect(isLeft()).toBe(false);
  });

  it('is that of the deploy if its Deployment exists already', async () => {
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if (change.cluster?.value.state === 'DEPLOYING') throw new Fault('limit-reached', 'too many');
      return commit(change);
    };
    const repeated = { clusterId, data: { mode: 'session', config }, key: 'etl-1' };
    await send('deploy', repeated, world);
    world.store.commit = commit;
    leave();
    await send('deploy', repeated, world);
    await runWorkflows();

    expect(await world.store.cluster(clusterRef)).toMatchObject({ value: { state: 'RUNNING' } });
  });
});
