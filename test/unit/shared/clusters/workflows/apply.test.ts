import { describe, expect, it } from 'vitest';

import { readSnapshots } from '#shared/clusters/queries/snapshots.ts';
import { origins, type Send } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  listOperations,
  listStates,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { applied, getImage, getRollout, listDeploys, startFirst } from './rollout-fixture.ts';

describe.each(origins)('an apply from %s', (_origin, send: Send) => {
  it('starts the new revision from the savepoint of the old incarnation', async () => {
    await startFirst();

    await send('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    const path = `${savepointDirectory}/savepoint-${(listDeploys()[0]?.operationId ?? '').slice(0, 6)}`;
    expect(getRollout()).toMatchObject({
      state: 'SUCCEEDED',
      rollout: { from: 1, to: 2, phase: 'Verifying', snapshot: { kind: 'savepoint', path } },
    });
    expect(listDeploys().at(-1)).toMatchObject({ state: 'SUCCEEDED', restoredFrom: path });
    expect(getImage()).toBe('flink:2.3.1');
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 2 });
    expect((await getCluster())?.rollout).toBeUndefined();
    expect(listStates().filter((state) => !state.startsWith('job'))).toEqual([
      'REQUESTED',
      'DEPLOYING',
      'RUNNING',
      'STOPPING',
      'UPGRADING',
      'REQUESTED',
      'DEPLOYING',
      'RUNNING',
    ]);
  });

  it('leaves its savepoint in the catalogue', async () => {
    await startFirst();
    await send('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();

    expect((await readSnapshots(clusterRef, { limit: 100 }, world.ports)).items).toMatchObject([
      { state: 'COMPLETED', trigger: 'rollout', path: getRollout()?.rollout?.snapshot?.path },
    ]);
  });

  it('deploys when the ID has no cluster', async () => {
    await send('apply', { clusterId, data: applied('flink:2.3') }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { to: 1 } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('does nothing when the cluster runs the spec already', async () => {
    await startFirst();
    const before = listOperations().length;

    const outcome = await send('apply', { clusterId, data: applied('flink:2.3') }, world);

    expect(outcome.outcome).toBe('done');
    expect(listOperations()).toHaveLength(before);
  });

  it('is refused for another revision than the current one', async () => {
    await startFirst();

    const outcome = await send('apply', { clusterId, data: { ...applied('flink:2.3.1'), ifRevision: 2 } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'revision-mismatch' });
  });
});
