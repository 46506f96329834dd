import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getCluster, runWorkflows, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import { applied, breakImage, failToPull, getImage, getRollout, listDeploys, startFirst } from './rollout-fixture.ts';

const inSeconds = (seconds: number) => new Date(world.ports.now().getTime() + seconds * 1_000).toISOString();

/** Lets so many seconds pass in a step of the rollout. */
const passWhile = (call: 'dryRun' | 'remove', seconds: number) => {
  const { kubernetes } = world;
  const original = kubernetes[call].bind(kubernetes) as (...given: unknown[]) => Promise<unknown>;
  Object.assign(kubernetes, {
    [call]: async (...given: unknown[]) => {
      world.passTime(seconds);
      Object.assign(kubernetes, { [call]: original });
      return original(...given);
    },
  });
};

const apply = (fields: object, rollout: object = {}) =>
  sendHttp('apply', { clusterId, data: applied('flink:2.3.1', rollout, fields) }, world);

describe('the deadline of a rollout', () => {
  it.each([
    ['has passed', () => '2020-01-01T00:00:00Z', 'is in the past.'],
    ['is too far away', () => inSeconds(14 * 24 * 3_600), 'is more than 13 days ahead.'],
  ])('is refused before anything ends when it %s', async (_what, deadline, detail) => {
    await startFirst();

    expect(await apply({ deadline: deadline() })).toMatchObject({
      code: 'malformed-request',
      errors: [{ pointer: '/deadline', detail: expect.stringContaining(detail) }],
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
    expect(getRollout()).toBeUndefined();
  });

  it('ends nothing when it passes during the check', async () => {
    await startFirst();
    passWhile('dryRun', 60);

    await apply({ deadline: inSeconds(30) });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'DeadlineExceeded' } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('does not count after the old incarnation has ended', async () => {
    await startFirst();
    passWhile('remove', 60);

    await apply({ deadline: inSeconds(30) });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED' });
    expect(getImage()).toBe('flink:2.3.1');
  });

  it.each([
    ['SUSPENDED', true],
    ['new', false],
  ])('counts for a cluster that is %s', async (_what, isSuspended) => {
    if (isSuspended) {
      await startFirst();
      await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
      await runWorkflows();
    }
    passWhile('dryRun', 60);

    await apply({ deadline: inSeconds(30) });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', problem: { reason: 'DeadlineExceeded' } });
    expect((await getCluster())?.state).toBe(isSuspended ? 'SUSPENDED' : undefined);
  });
});

describe('the lifetime of a revision', () => {
  it('ends nothing when it passes during the check', async () => {
    await startFirst();
    passWhile('dryRun', 60);

    await apply({ lifetime: { until: inSeconds(30) } });
    await runWorkflows();

    expect(getRollout()).toMatchObject({
      state: 'FAILED',
      problem: { code: 'malformed-request', detail: expect.stringMatching(/^\/lifetime\/until: .* is in the past/) },
    });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('does not keep the revision from its start when it passes while the old incarnation ends', async () => {
    await startFirst();
    passWhile('remove', 60);

    const until = inSeconds(30);
    await apply({ lifetime: { until } });
    await runWorkflows();

    expect(listDeploys().at(-1)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await getCluster()).toMatchObject({ revision: 2, lifetime: { endsAt: until } });
  });

  it('is that of the cluster after a rollback, also when that of the stable spec has passed', async () => {
    await startFirst({ lifetime: { until: inSeconds(60) } });
    const until = inSeconds(8 * 3_600);
    await sendHttp('extend', { clusterId, data: { until } }, world);
    world.passTime(120);
    breakImage('flink:2.3.1', failToPull);

    await apply({ lifetime: { ttl: '1h' } });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1 } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 3, lifetime: { endsAt: until } });
  });
});
