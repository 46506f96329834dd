import { describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  jar,
  listOperations,
  listStates,
  runWorkflows,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('stop from %s', (_origin, send) => {
  it('removes all objects and records the end of the cluster and its jobs', async () => {
    const jobId = await submitJob(send);

    await send('stop', { clusterId, data: { reason: 'enough' } }, world);
    await runWorkflows();

    expect(world.kubernetes.clusters.size).toBe(0);
    expect(await getCluster()).toMatchObject({ state: 'STOPPED', reason: 'enough' });
    expect(await world.store.job(clusterRef, jobId)).toMatchObject({ value: { state: 'CANCELED' } });
    expect(listStates().slice(-3)).toEqual(['STOPPING', 'job CANCELED', 'STOPPED']);
  });

  it('overtakes a deploy in progress', async () => {
    await send('deploy', { clusterId, data: session }, world);
    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(listOperations()[0]).toMatchObject({ kind: 'deploy', state: 'CANCELED', problem: { code: 'superseded' } });
    expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('joins a stop in progress', async () => {
    await startSession(send);
    await send('stop', { clusterId }, world);

    expect(await send('stop', { clusterId }, world)).toMatchObject({ outcome: 'done' });
    expect(listOperations().filter(({ kind }) => kind === 'stop')).toHaveLength(1);
  });

  it('does not join a running stop with other options, and says what to do', async () => {
    await startSession(send);
    await send('stop', { clusterId, data: { ha: 'purge' } }, world);

    expect(await send('stop', { clusterId, data: { ha: 'keep' } }, world)).toMatchObject({
      code: 'wrong-state',
      detail: expect.stringContaining('Wait for its end, or repeat the stop with the options of that operation.'),
    });
  });

  it('rejects a STOPPED cluster, and an unknown one', async () => {
    await startSession(send);
    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(await send('stop', { clusterId }, world)).toMatchObject({ code: 'wrong-state' });
    expect(await send('stop', { clusterId: 'unknown' }, world)).toMatchObject({ code: 'not-found' });
  });

  it.each(['keep', 'purge'])('keeps or purges high-availability data as requested: %s', async (ha) => {
    const config = { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' };
    await send('deploy', { clusterId, data: { mode: 'session', config } }, world);
    await runWorkflows();
    await send('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();
    world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));

    await send('stop', { clusterId, data: { ha } }, world);
    await runWorkflows();

    expect(world.kubernetes.highAvailability.get(clusterId)?.size).toBe(ha === 'keep' ? 1 : 0);
    expect(listStates().at(-2)).toBe(ha === 'keep' ? 'job SUSPENDED' : 'job CANCELED');
  });
});
