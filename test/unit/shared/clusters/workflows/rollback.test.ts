import { beforeEach, describe, expect, it } from 'vitest';

import { subjectOf } from '#events/names.ts';
import { getStep } from '#test/fakes/workflows.ts';
import { origins, type Send, sendHttp } from '#test/fakes/origins.ts';
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
  options,
  startFirst,
} from './rollout-fixture.ts';

const apply = async (image: string, rollout: object = {}) => {
  await sendHttp('apply', { clusterId, data: applied(image, rollout) }, world);
  return getRollout()?.operationId ?? '';
};
const undo = (data: object = {}, send: Send = sendHttp) =>
  send('rollback', { clusterId, data: { ...options, ...data } }, world);
const getOperation = async (operationId: string) => (await world.store.operation(operationId))?.value;

/** Revision 1 runs `flink:2.3`, and revision 2 `flink:2.3.1`. */
const startTwo = async () => {
  await startFirst();
  await apply('flink:2.3.1');
  await runWorkflows();
};

/** Gives a rollback while a rollout is in this phase. */
const undoDuring = (phase: string, data: object = {}) => {
  let wasCalled = false;
  world.workflows.beforeWait = async () => {
    if (wasCalled || (await getCluster())?.rollout?.phase !== phase) return;
    wasCalled = true;
    await undo(data);
  };
};

describe.each(origins)('a rollback from %s', (_origin, send: Send) => {
  it('returns to the last stable revision with another spec', async () => {
    await startTwo();
    await undo({}, send);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 2, to: 3, specOf: 1 } });
    expect(getImage()).toBe('flink:2.3');
  });

  it('is refused for a failed revision, which it names with the reason, unless the caller allows that', async () => {
    await startTwo();
    breakImage('flink:2.3.2', failToPull);
    await apply('flink:2.3.2');
    await runWorkflows();
    const failed = getRollout()?.operationId;

    expect(await undo({ to: 3 }, send)).toMatchObject({
      code: 'wrong-state',
      detail: expect.stringMatching(/^Revision 3 of .* failed \(ImagePullBackOff: not found\)\..* set allowFailed\.$/),
    });
    expect(getRollout()?.operationId).toBe(failed);
    await undo({ to: 3, allowFailed: true }, send);
    await runWorkflows();
    expect(getRollout()).toMatchObject({ kind: 'rollback', state: 'FAILED', rollout: { specOf: 3 } });
  });
});

describe('a revision', () => {
  it('knows what has made it', async () => {
    await startTwo();
    breakImage('flink:2.3.2', failToPull);
    await apply('flink:2.3.2');
    await runWorkflows();
    await sendHttp('restart', { clusterId, data: options }, world);
    await runWorkflows();
    await undo({ to: 1 });
    await runWorkflows();
    const data = { ...applied('flink:2.3', {}, { labels: { tier: 'one' } }) };
    await sendHttp('apply', { clusterId, data }, world);

    const { items } = await world.store.revisions(clusterRef, { after: 0 });
    expect(items.map(({ value: { number, madeBy, specOf } }) => [number, madeBy, specOf]).toReversed()).toEqual([
      [1, 'deploy', undefined],
      [2, 'apply', undefined],
      [3, 'apply', undefined],
      [4, 'automatic-rollback', 2],
      [5, 'restart', 4],
      [6, 'rollback', 1],
      [7, 'in-place', undefined],
    ]);
  });
});

describe('a rollback to the spec that runs', () => {
  it.each([2, 3])('changes nothing for revision %i', async (to) => {
    await startTwo();
    await sendHttp('restart', { clusterId, data: options }, world);
    await runWorkflows();
    const deploys = listDeploys().length;

    expect(await undo({ to })).toMatchObject({ outcome: 'done' });
    expect(getRollout()?.kind).toBe('restart');
    expect(listDeploys()).toHaveLength(deploys);
  });

  it('starts a SUSPENDED cluster', async () => {
    await startTwo();
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    await undo({ to: 2 });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'rollback', state: 'SUCCEEDED' });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', image: 'flink:2.3.1' });
  });
});

describe('a rollback during a rollout', () => {
  let bad = '';
  beforeEach(async () => {
    await startTwo();
  });

  it('ends it in Verifying, and has nothing to do then', async () => {
    bad = await apply('flink:2.3.2', { stableWithin: '1h' });
    undoDuring('Verifying');
    const before = world.ports.now().getTime();
    await runWorkflows();

    const operation = await getOperation(bad);
    expect(operation).toMatchObject({
      state: 'FAILED',
      problem: { code: 'rollout-failed', reason: 'RollbackRequested' },
      rollout: { rolledBackTo: 2, to: 3 },
    });
    expect(operation?.problem?.detail).toMatch(
      /^Revision 3 was ended \(RollbackRequested\): .* Revision 4, the spec of revision 2, runs again/,
    );
    expect(getRollout()).toMatchObject({
      kind: 'rollback',
      state: 'SUCCEEDED',
      rollout: { from: 4, to: 4, specOf: 2 },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 4, image: 'flink:2.3.1' });
    expect((await world.store.revision(clusterRef, 3))?.value.unstable?.reason).toBe('RollbackRequested');
    // Less than the time for which the revision was to be watched.
    expect(world.ports.now().getTime() - before).toBeLessThan(3_600_000);
  });

  it('ends it in Starting as well', async () => {
    bad = await apply('flink:2.3.2');
    type Carried = Readonly<Record<string, unknown>> & { readonly operationId: string };
    const step = async (name: string, state: Carried) =>
      (await getStep('rollout', name)(state, world.ports)) as Carried;
    const stopping = await step('endIncarnation', await step('check', { operationId: bad }));
    await world.workflows.run('cleanup', String(stopping['stopId']), world.ports);
    const starting = await step('startRevision', await step('endIncarnation', stopping));
    await undo();

    expect(await step('startRevision', starting)).toMatchObject({
      outcome: 'failed',
      failure: { reason: 'RollbackRequested' },
    });
  });

  it('that fails by itself goes back to the same revision, not to one before it', async () => {
    bad = await apply('flink:2.3.2');
    let wasCalled = false;
    world.workflows.beforeWait = async () => {
      if ((await getCluster())?.rollout?.phase !== 'Verifying' || wasCalled) return;
      wasCalled = true;
      getFlink().restarts = 1;
      // With ifRevision, a rollback does not end the rollout.
      await undo({ ifRevision: 4 });
    };
    await runWorkflows();

    expect(await getOperation(bad)).toMatchObject({ state: 'FAILED', problem: { reason: 'Restarted' } });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 4, to: 4, specOf: 2 } });
    expect(await getCluster()).toMatchObject({ revision: 4, image: 'flink:2.3.1' });
  });

  it('that is still Checking takes its place, and changes nothing', async () => {
    bad = await apply('flink:2.3.2');
    await undo();
    await runWorkflows();

    expect(await getOperation(bad)).toMatchObject({ state: 'CANCELED', problem: { code: 'superseded' } });
    expect(getRollout()).toMatchObject({
      kind: 'rollback',
      state: 'SUCCEEDED',
      rollout: { from: 2, to: 2, specOf: 2 },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 2, image: 'flink:2.3.1' });
    expect((await getCluster())?.rollout).toBeUndefined();
    expect(listDeploys()).toHaveLength(2);
  });

  it('to a further revision runs after the automatic one', async () => {
    bad = await apply('flink:2.3.2');
    undoDuring('Verifying', { to: 1 });
    await runWorkflows();

    expect(await getOperation(bad)).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 2 } });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 4, to: 5, specOf: 1 } });
    expect(getImage()).toBe('flink:2.3');
  });

  it('restarts the cluster itself when the new revision stays', async () => {
    bad = await apply('flink:2.3.2', { onFailure: 'keep' });
    undoDuring('Verifying');
    await runWorkflows();

    expect(await getOperation(bad)).toMatchObject({ state: 'FAILED', problem: { reason: 'RollbackRequested' } });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 3, to: 4, specOf: 2 } });
  });

  it('to the revision that is watched waits for its end', async () => {
    bad = await apply('flink:2.3.2');
    undoDuring('Verifying', { to: 3 });
    await runWorkflows();

    expect(await getOperation(bad)).toMatchObject({ state: 'SUCCEEDED' });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 3, to: 3, specOf: 3 } });
  });

  it('does not end a restart, and goes to the revision before it', async () => {
    await sendHttp('restart', { clusterId, data: options }, world);
    const restart = getRollout()?.operationId ?? '';
    undoDuring('Verifying');
    await runWorkflows();

    expect(await getOperation(restart)).toMatchObject({ state: 'SUCCEEDED' });
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { from: 3, to: 4, specOf: 1 } });
  });

  it('names what it waits for', async () => {
    bad = await apply('flink:2.3.2');
    const known = await world.store.cluster(clusterRef);
    if (known?.value.rollout === undefined) throw new Error('no rollout');
    const rollout = { ...known.value.rollout, phase: 'Snapshotting' as const };
    world.store.clusterRecords.set(subjectOf(clusterRef), { ...known, value: { ...known.value, rollout } });
    await undo();

    expect(getRollout()?.phase).toBe(`waiting for the apply ${bad}, which it ends when its revision starts`);
    expect(await undo({ to: 9 })).toMatchObject({ code: 'not-found' });
  });
});

const failToRun = () => {
  getFlink().restarts = 1;
};

describe('a first apply that fails', () => {
  it.each([
    ['is not stable', failToRun, 'Revision 1 was not stable', 'Revision 1 runs on.'],
    ['does not start', failToPull, 'Revision 1 did not start', 'The cluster is FAILED.'],
  ] as const)('says what runs when its revision %s', async (_what, spoil, what, end) => {
    breakImage('flink:2.3', spoil);
    await apply('flink:2.3');
    await runWorkflows();

    const detail = getRollout()?.problem?.detail ?? '';
    expect(detail.slice(0, what.length)).toBe(what);
    expect(detail.slice(-end.length)).toBe(end);
  });
});
