import { beforeEach, describe, expect, it } from 'vitest';

import { getStep } from '#test/fakes/workflows.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  limitTarget,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { applied, breakImage, failToPull, getImage, getRollout, specOf } from './rollout-fixture.ts';

/** An application with one TaskManager of so many CPUs. Its JobManager has one. */
const sized = (cpu: number) => ({ config: { 'kubernetes.taskmanager.cpu.amount': String(cpu) } });
const admit = async () => {
  await world.admissionQueue.send('local');
  await runQueues(world);
};
/** The CPUs that each admitted command holds. */
const listHeld = async () =>
  (await world.store.admittedCommands('local')).map(({ clusterId: id, demand }) => [id, demand.cpu]);
const deployOther = (cpu: number) =>
  sendHttp('deploy', { clusterId: 'other', data: specOf('flink:2.3', sized(cpu)) }, world);
const runUntilEnd = async () => {
  // The admission passes of the stops and deploys of the rollout.
  world.workflows.beforeWait = admit;
  await runWorkflows();
};

beforeEach(async () => {
  limitTarget({ limits: { cpu: 6 } });
  await sendHttp('deploy', { clusterId, data: specOf('flink:2.3', sized(1)) }, world);
  await runQueues(world);
  await runWorkflows();
});

describe('a revision that needs more than the one that runs', () => {
  it('is refused with the figures while it does not fit, and the cluster runs on', async () => {
    await deployOther(2);
    await runQueues(world);
    await runWorkflows();

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', {}, sized(3)) }, world);
    await runUntilEnd();

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: {
        code: 'limit-reached',
        reason: 'WaitingForQuota',
        detail:
          'The new revision does not fit, not even in place of the one that runs. Target local has not enough capacity. The target uses 3 of 6 CPUs; the command requests 4. Revision 1 runs on.',
      },
      rollout: { phase: 'Checking' },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
    expect(await listHeld()).toEqual(
      expect.arrayContaining([
        [clusterId, 2],
        ['other', 3],
      ]),
    );
  });

  it('has its capacity before the old incarnation ends, so that no other command takes it', async () => {
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', {}, sized(4)) }, world);
    await getStep('rollout', 'check')({ operationId: getRollout()?.operationId ?? '' }, world.ports);
    expect(await listHeld()).toEqual([[clusterId, 5]]);
    await deployOther(1);
    await runUntilEnd();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getImage()).toBe('flink:2.3.1');
    expect(await getCluster('other')).toMatchObject({ state: 'QUEUED' });
    expect(await listHeld()).toEqual([[clusterId, 5]]);
  });

  it('comes first in the admission queue', async () => {
    await sendHttp('deploy', { clusterId: 'large', data: { ...specOf('flink:2.3', sized(5)), priority: 999 } }, world);
    await admit();
    expect(await getCluster('large')).toMatchObject({ state: 'QUEUED' });

    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runUntilEnd();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    const [starting = 0, verifying = Infinity] = (getRollout()?.rollout?.phases ?? [])
      .slice(-2)
      .map(({ at }) => Date.parse(at));
    // It does not wait until the reservation of the other command has ended.
    expect(verifying - starting).toBeLessThan(5 * 60_000);
    expect(await getCluster('large')).toMatchObject({ state: 'QUEUED' });
  });

  it('gives the capacity back when the old incarnation runs on', async () => {
    getFlink().savepoint = () => ({ failure: 'java.io.IOException: no space' });
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', {}, sized(4)) }, world);
    await runUntilEnd();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { code: 'savepoint-failed' } });
    expect(await listHeld()).toEqual([[clusterId, 2]]);
    expect((await world.store.queueHead('local')).usage?.total.cpu).toBe(2);
  });

  it.each(['apply', 'suspend'] as const)(
    'gives the capacity back when an %s takes the place of its rollout',
    async (kind) => {
      await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', {}, sized(4)) }, world);
      await getStep('rollout', 'check')({ operationId: getRollout()?.operationId ?? '' }, world.ports);
      const data = kind === 'apply' ? applied('flink:2.3.2') : { savepointDirectory: 's3://bucket/savepoints' };

      await sendHttp(kind, { clusterId, data }, world);

      expect(await listHeld()).toEqual([[clusterId, 2]]);
      await runUntilEnd();
      await admit();
      expect(getRollout()).toMatchObject({ kind, state: 'SUCCEEDED' });
      expect(await listHeld()).toEqual(kind === 'apply' ? [[clusterId, 2]] : []);
    },
  );

  it('gives the capacity back when a change in place takes the place of its rollout', async () => {
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', {}, sized(4)) }, world);
    await getStep('rollout', 'check')({ operationId: getRollout()?.operationId ?? '' }, world.ports);
    const held = await listHeld();

    await sendHttp(
      'apply',
      { clusterId, data: applied('flink:2.3', {}, { ...sized(1), labels: { env: 'prod' } }) },
      world,
    );

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { class: 'none' } });
    expect(held).toEqual([[clusterId, 5]]);
    expect(await listHeld()).toEqual([[clusterId, 2]]);
    expect((await world.store.queueHead('local')).usage?.total.cpu).toBe(2);
  });

  it('leaves its capacity to the stable revision', async () => {
    breakImage('flink:2.3.1', failToPull);
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', {}, sized(4)) }, world);
    await runUntilEnd();

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
    await admit();
    expect(await listHeld()).toEqual([[clusterId, 2]]);
  });
});

describe('a target without limits', () => {
  it('counts nothing', async () => {
    limitTarget({ limits: {} });
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', {}, sized(40)) }, world);
    await runUntilEnd();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
  });
});
