import { describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getLastOperation,
  listOperations,
  listStates,
  runWorkflows,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('deploy from %s', (_origin, send) => {
  it('creates a cluster and waits until it runs', async () => {
    await send('deploy', { clusterId, data: { ...session, labels: { team: 'etl' } } }, world);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({
      state: 'RUNNING',
      namespace: 'flink',
      labels: { team: 'etl' },
      uid: world.kubernetes.cluster(clusterId).uid,
    });
    expect(listStates()).toEqual(['REQUESTED', 'DEPLOYING', 'RUNNING']);
    expect(getLastOperation()).toMatchObject({ kind: 'deploy', state: 'SUCCEEDED' });
    expect(world.kubernetes.cluster(clusterId).operationId).toBe(getLastOperation()?.operationId);
  });

  it('applies the defaults of the target', async () => {
    await send('deploy', { clusterId, data: { ...session, config: { 'kubernetes.jobmanager.cpu.amount': 2 } } }, world);

    const pod = world.kubernetes.cluster(clusterId).manifests?.deployment.spec?.template.spec;
    expect(pod?.serviceAccountName).toBe('flink');
    expect(pod?.containers[0]?.resources?.requests?.['cpu']).toBe('2.0');
  });

  it('numbers transitions without holes', async () => {
    await submitJob(send);
    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(listStates()).toEqual([
      'REQUESTED',
      'DEPLOYING',
      'RUNNING',
      'job RUNNING',
      'STOPPING',
      'job CANCELED',
      'STOPPED',
    ]);
    expect(world.store.writtenTransitions.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it.each([
    ['per-job mode', { mode: 'per-job' }, 'unsupported-mode', ['/mode']],
    [
      'a denied option',
      { ...session, config: { 'kubernetes.entry.path': '/bin/sh' } },
      'refused-option',
      ['/config/kubernetes.entry.path'],
    ],
    [
      'another namespace',
      { ...session, config: { 'kubernetes.namespace': 'other' } },
      'refused-option',
      ['/config/kubernetes.namespace'],
    ],
    [
      'an option that does not fit',
      { ...session, config: { 'taskmanager.numberOfTaskSlots': 'few' } },
      'refused-option',
      ['/config/taskmanager.numberOfTaskSlots'],
    ],
    ['no mode', {}, 'malformed-request', ['/mode']],
  ])('rejects %s and creates nothing', async (_what, data, code, pointers) => {
    expect(await send('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'rejected', code, pointers });
    expect(await getCluster()).toBeUndefined();
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('rejects an unknown target', async () => {
    expect(await send('deploy', { target: 'nowhere', clusterId, data: session }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'not-found',
    });
  });

  it('rejects the id of a live cluster', async () => {
    await startSession(send);

    expect(await send('deploy', { clusterId, data: session }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'id-taken',
    });
  });

  it('has one effect for the same idempotency key', async () => {
    await send('deploy', { clusterId, data: session, key: 'night-1' }, world);
    const again = await send('deploy', { clusterId, data: session, key: 'night-1' }, world);

    expect(again.outcome).toBe('done');
    expect(listOperations()).toHaveLength(1);
  });

  it('rejects an idempotency key of another command', async () => {
    await send('deploy', { clusterId, data: session, key: 'night-1' }, world);

    expect(
      await send('deploy', { clusterId, data: { ...session, labels: { a: 'b' } }, key: 'night-1' }, world),
    ).toMatchObject({ code: 'key-reused' });
  });
});
