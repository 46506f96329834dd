import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  limitTarget,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' };
const map = `${clusterId}-cluster-config-map`;
const leave = () => world.kubernetes.highAvailability.set(clusterId, new Set([map]));
const isLeft = () => world.kubernetes.highAvailability.get(clusterId)?.has(map);

describe.each(origins)('high-availability data that another owner left, for a deploy from %s', (_origin, send) => {
  const deploy = (data: Readonly<Record<string, unknown>> = { mode: 'session', config }) =>
    send('deploy', { clusterId, data }, world);

  it.each(['session', 'application'])('is not recovered by a %s, and stays', async (mode) => {
    leave();
    limitTarget({ limits: { clusters: 1 } });
    const job = { jar: 'local:///a.jar' };
    const answer = await deploy({ mode, config, ...(mode === 'application' ? { job } : {}) });
    await runWorkflows();

    expect(answer).toMatchObject({ code: 'id-taken' });
    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'id-taken' });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect(isLeft()).toBe(true);
    expect(world.store.admitted.size).toBe(0);
  });

  it('does not keep a cluster without high availability from its deploy', async () => {
    leave();

    expect(await deploy({ mode: 'session' })).toMatchObject({ outcome: 'done' });
  });

  it('is that of the target if it deployed the cluster before', async () => {
    await deploy();
    await runWorkflows();
    leave();
    await send('stop', { clusterId, data: { ha: 'keep' } }, world);
    await runWorkflows();

    expect(await deploy()).toMatchObject({ outcome: 'done' });
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
