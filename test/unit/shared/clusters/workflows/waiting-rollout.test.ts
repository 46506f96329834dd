import { beforeEach, describe, expect, it } from 'vitest';

import { subjectOf } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { failOverdueRollout } from '#shared/clusters/workflows/rollout/record-result.ts';
import { origins, type Send, sendHttp } from '#test/fakes/origins.ts';
import { getStep } from '#test/fakes/workflows.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  applied,
  breakImage,
  failToPull,
  getImage,
  getRollout,
  listDeploys,
  listRolloutEvents,
  options,
  startFirst,
} from './rollout-fixture.ts';

const apply = (image: string, rollout: object = {}, fields: object = {}, send: Send = sendHttp) =>
  send('apply', { clusterId, data: applied(image, rollout, fields) }, world);

const getOperation = async (operationId: string) => (await world.store.operation(operationId))?.value;

const changeCluster = async (fields: Partial<Cluster>) => {
  const known = await world.store.cluster(clusterRef);
  if (known !== undefined)
    world.store.clusterRecords.set(subjectOf(clusterRef), { ...known, value: { ...known.value, ...fields } });
};

/** Gives an apply that waits, because the first rollout is past its check. Returns its operation. */
const queueApply = async (fields: object = {}): Promise<string> => {
  const rollout = (await getCluster())?.rollout;
  if (rollout !== undefined) await changeCluster({ rollout: { ...rollout, phase: 'Verifying' } });
  await apply('flink:2.3.2', {}, fields);
  return getRollout()?.operationId ?? '';
};

/** Does something while the first rollout watches its revision. */
const whileVerifying = (act: () => Promise<unknown>) => {
  let wasCalled = false;
  world.workflows.beforeWait = async () => {
    if (wasCalled || (await getCluster())?.rollout?.phase !== 'Verifying') return;
    wasCalled = true;
    await act();
  };
};

describe.each(origins)('an apply from %s during a rollout', (_origin, send: Send) => {
  it('waits for its end, and then runs', async () => {
    await startFirst();
    await apply('flink:2.3.1');
    const first = getRollout()?.operationId ?? '';
    whileVerifying(async () => {
      expect(await apply('flink:2.3.2', {}, {}, send)).toMatchObject({ outcome: 'done' });
      expect(getRollout()).toMatchObject({
        state: 'PENDING',
        phase: expect.stringMatching(new RegExp(`^waiting for the apply ${first} \\(Verifying until 2\\S+Z\\)$`)),
        rollout: { phase: 'WaitingForRollout' },
      });
      expect(await getCluster()).toMatchObject({
        rollout: { operationId: first },
        nextRollout: { operationId: getRollout()?.operationId, kind: 'apply' },
      });
    });
    await runWorkflows();

    expect(await getOperation(first)).toMatchObject({ state: 'SUCCEEDED', rollout: { to: 2 } });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 2, to: 3 } });
    expect(getRollout()?.rollout?.phases.map(({ name }) => name)).toEqual([
      'WaitingForRollout',
      'Checking',
      'Snapshotting',
      'Starting',
      'Verifying',
    ]);
    expect(listDeploys().at(-1)?.restoredFrom).toBe(getRollout()?.rollout?.snapshot?.path);
    expect(getImage()).toBe('flink:2.3.2');
    expect((await getCluster())?.nextRollout).toBeUndefined();
    expect(listRolloutEvents().filter((event) => /Waiting|Checking|SUCCEEDED/.test(event))).toEqual([
      'IN_PROGRESS Checking',
      'IN_PROGRESS WaitingForRollout',
      'SUCCEEDED Verifying',
      'IN_PROGRESS Checking',
      'SUCCEEDED Verifying',
    ]);
  });

  it('is refused at once for a mistake in its spec', async () => {
    await startFirst();
    await apply('flink:2.3.1');
    const first = getRollout()?.operationId;
    const spec = { config: { 'kubernetes.cluster-id': 'other' } };
    whileVerifying(async () => {
      expect(await apply('flink:2.3.2', {}, spec, send)).toMatchObject({ outcome: 'rejected', code: 'refused-option' });
      expect(await apply('flink:2.3.2', { stableWithin: '2d' }, {}, send)).toMatchObject({ code: 'malformed-request' });
    });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ operationId: first, state: 'SUCCEEDED' });
  });
});

describe('a rollout that waits for another one', () => {
  let first = '';
  beforeEach(async () => {
    await startFirst();
    await apply('flink:2.3.1');
    first = getRollout()?.operationId ?? '';
  });

  it.each([
    ['restart', options, { state: 'RUNNING', revision: 3 }],
    ['suspend', { savepointDirectory }, { state: 'SUSPENDED', revision: 2 }],
  ] as const)('may be a %s', async (kind, data, cluster) => {
    whileVerifying(() => sendHttp(kind, { clusterId, data }, world));
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind, state: 'SUCCEEDED', rollout: { from: 2 } });
    expect(await getCluster()).toMatchObject(cluster);
  });

  it('is looked at rarely when the other one takes long', async () => {
    const state = { operationId: await queueApply() };
    const check = getStep('rollout', 'check');

    expect(await check(state, world.ports)).toMatchObject({ outcome: 'queued', attempt: 1, waitSeconds: 15 });
    expect(await check({ ...state, attempt: 120 }, world.ports)).toMatchObject({ waitSeconds: 600 });
  });

  it('is superseded by a newer one', async () => {
    let second = '';
    whileVerifying(async () => {
      await apply('flink:2.3.2');
      second = getRollout()?.operationId ?? '';
      await apply('flink:2.3.3');
    });
    await runWorkflows();

    expect(await getOperation(first)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await getOperation(second)).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(await world.ports.revisionSpecs.read(second)).toBeUndefined();
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 2, to: 3 } });
    expect(getImage()).toBe('flink:2.3.3');
  });

  it('is superseded by a newer one that begins before it does, also by one with the spec that runs', async () => {
    const second = await queueApply();
    await getStep('rollout', 'recordResult')({ operationId: first, outcome: 'stable' }, world.ports);
    expect(await getCluster()).toMatchObject({ nextRollout: { operationId: second } });

    await apply('flink:2.3');
    await runWorkflows();

    expect(await getOperation(second)).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { class: 'none' } });
    expect(getImage()).toBe('flink:2.3');
    expect((await getCluster())?.nextRollout).toBeUndefined();
  });

  it('ends with a stop', async () => {
    whileVerifying(async () => {
      await apply('flink:2.3.2');
      await sendHttp('stop', { clusterId, data: {} }, world);
    });
    await runWorkflows();

    expect(await getOperation(first)).toMatchObject({ state: 'CANCELED' });
    expect(getRollout()).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(await getCluster()).toMatchObject({ state: expect.stringMatching(/^(STOPPED|CANCELED)$/) });
    expect((await getCluster())?.nextRollout).toBeUndefined();
  });

  it('changes nothing when the other one has brought its spec', async () => {
    whileVerifying(() => apply('flink:2.3.1'));
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 2, to: 2 } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 2 });
    expect((await getCluster())?.nextRollout).toBeUndefined();
    expect(listDeploys()).toHaveLength(2);
  });

  it('restarts nothing for a change in place', async () => {
    whileVerifying(() => apply('flink:2.3.1', {}, { labels: { tier: 'one' } }));
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { class: 'none', to: 3 } });
    expect(await getCluster()).toMatchObject({ labels: { tier: 'one' }, revision: 3 });
    expect(listDeploys()).toHaveLength(2);
  });

  it('starts from the state of a cluster that the other one has left SUSPENDED', async () => {
    breakImage('flink:2.3', failToPull);
    whileVerifying(() => {
      getFlink().restarts = 1;
      return apply('flink:2.3.2');
    });
    await runWorkflows();

    const failed = await getOperation(first);
    expect(failed).toMatchObject({ state: 'FAILED', rollout: { suspended: true } });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(listDeploys().at(-1)).toMatchObject({ restoredFrom: failed?.rollout?.snapshot?.path });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(getImage()).toBe('flink:2.3.2');
  });

  it('runs after the other one was rolled back', async () => {
    whileVerifying(() => {
      getFlink().restarts = 1;
      return apply('flink:2.3.2');
    });
    await runWorkflows();

    expect(await getOperation(first)).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 3, to: 4 } });
  });

  it.each([
    [2, { state: 'SUCCEEDED', rollout: { from: 2, to: 3 } }],
    [1, { state: 'FAILED', problem: { code: 'revision-mismatch' } }],
  ])('compares ifRevision %i when it begins', async (ifRevision, operation) => {
    whileVerifying(() => sendHttp('apply', { clusterId, data: { ...applied('flink:2.3.2'), ifRevision } }, world));
    await runWorkflows();

    expect(getRollout()).toMatchObject(operation);
    expect((await getCluster())?.nextRollout).toBeUndefined();
    // The deploy of a revision has its own copy.
    expect(await world.ports.revisionSpecs.read(getRollout()?.operationId ?? '')).toBeUndefined();
  });

  it('waits while the stop of a failed rollout removes objects', async () => {
    const operationId = await queueApply();
    await getStep('rollout', 'recordResult')({ operationId: first, failure: { message: 'no' } }, world.ports);
    await changeCluster({ state: 'STOPPING' });

    expect(await getStep('rollout', 'check')({ operationId }, world.ports)).toMatchObject({ outcome: 'queued' });
  });

  it('does not start without state after the cluster has ended', async () => {
    const operationId = await queueApply();
    await getStep('rollout', 'recordResult')({ operationId: first, outcome: 'stable' }, world.ports);
    await changeCluster({ state: 'FINISHED' });
    await runWorkflows();

    expect(await getOperation(operationId)).toMatchObject({ state: 'FAILED', problem: { code: 'wrong-state' } });
    expect((await getCluster())?.nextRollout).toBeUndefined();
    expect(listDeploys()).toHaveLength(1);
  });

  it('ends at its deadline', async () => {
    await failOverdueRollout(await queueApply(), new Fault('deadline-exceeded', 'late'), world.ports);

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'deadline-exceeded' } });
    expect(await getCluster()).toMatchObject({ rollout: { operationId: first } });
    expect((await getCluster())?.nextRollout).toBeUndefined();
  });

  it('does not begin after the deadline of its start', async () => {
    const deadline = new Date(world.ports.now().getTime() + 1_000).toISOString();
    const operationId = await queueApply({ deadline });
    await getStep('rollout', 'recordResult')({ operationId: first, outcome: 'stable' }, world.ports);
    await world.ports.sleep(2_000);
    await runWorkflows();

    expect(await getOperation(operationId)).toMatchObject({
      state: 'FAILED',
      problem: { code: 'not-started', reason: 'DeadlineExceeded' },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('gives way to a deploy of the ID', async () => {
    const operationId = await queueApply();
    expect(await sendHttp('deploy', { clusterId, data: { mode: 'session' } }, world)).toMatchObject({
      code: 'not-ready',
    });
    await getStep('rollout', 'recordResult')({ operationId: first, outcome: 'stable' }, world.ports);
    await changeCluster({ state: 'STOPPED' });
    world.kubernetes.clusters.delete(clusterId);
    await sendHttp('deploy', { clusterId, data: { mode: 'session' } }, world);
    await runWorkflows();

    expect(await getOperation(operationId)).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', mode: 'session' });
  });
});
