import { describe, expect, it } from 'vitest';

import { PlanRequest } from '#events/http/plans.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { readRevision, readRevisions } from '#shared/clusters/queries/revisions.ts';
import { origins, type Send, sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  limitTarget,
  listOperations,
  reconcile,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { applied, getRollout, listDeploys, listRolloutEvents, options, startFirst } from './rollout-fixture.ts';

const apply = (send: Send, fields: object, rollout: object = {}) =>
  send('apply', { clusterId, data: applied('flink:2.3', rollout, fields) }, world);
const plan = (fields: object, rollout: object = {}) =>
  planDeploy('local', PlanRequest.parse({ clusterId, ...applied('flink:2.3', rollout, fields) }), world.ports);
const listOutcomes = async () =>
  (await readRevisions(clusterRef, { limit: 20 }, world.ports)).items.map(({ number, outcome }) => [number, outcome]);
const getUid = () => world.kubernetes.cluster(clusterId).uid;

describe.each(origins)('an apply of labels and a lifetime from %s', (_origin, send) => {
  it('writes the record only, as a new stable revision', async () => {
    await startFirst({ labels: { env: 'test', owner: 'etl' } });
    const before = await getCluster();
    const uid = getUid();

    expect(await apply(send, { labels: { env: 'prod' }, onFailure: 'keep' })).toMatchObject({ outcome: 'done' });

    expect(world.workflows.started).toEqual([]);
    expect(getRollout()).toMatchObject({
      kind: 'apply',
      state: 'SUCCEEDED',
      rollout: { class: 'none', from: 1, to: 2 },
    });
    const { updatedAt: _updatedAt, ...expected } = {
      ...before,
      labels: { env: 'prod' },
      onFailure: 'keep',
      revision: 2,
      updatedAt: '',
    };
    expect(await getCluster()).toMatchObject(expected);
    expect(getUid()).toBe(uid);
    expect(listDeploys()).toHaveLength(1);
    expect(listRolloutEvents()).toEqual(['SUCCEEDED Checking']);
    expect(await listOutcomes()).toEqual([
      [2, 'stable'],
      [1, 'stable'],
    ]);
    expect([...world.store.verdicts.values()].at(-1)).toMatchObject({ verdict: 'FINISHED' });
  });

  it('counts a new end from now, and leaves one of an extend otherwise', async () => {
    await startFirst({ lifetime: { ttl: '1h' } });
    world.passTime(600);
    await send('extend', { clusterId, data: { ttl: '5h' } }, world);
    const extended = (await getCluster())?.lifetime;

    await apply(send, { lifetime: { ttl: '1h', savepoint: 'best-effort' } });

    expect((await getCluster())?.lifetime).toMatchObject({
      endsAt: extended?.endsAt,
      ttl: '5h',
      savepoint: 'best-effort',
      version: 3,
      startedAt: extended?.startedAt,
    });
    await apply(send, { lifetime: { ttl: '2h' } });
    const endsAt = new Date(world.ports.now().getTime() + 2 * 3_600_000).toISOString();
    expect((await getCluster())?.lifetime).toMatchObject({ endsAt, ttl: '2h', savepoint: 'none', version: 4 });
    await apply(send, {});
    expect((await getCluster())?.lifetime).toMatchObject({ version: 5 });
    expect((await getCluster())?.lifetime).not.toHaveProperty('endsAt');
  });
});

describe('the snapshot policy of a cluster', () => {
  const every = (time: string) => ({ snapshots: { every: time, directory: savepointDirectory } });
  const getPolicy = async () => (await getCluster())?.snapshots;

  it('that an apply changes is recorded, and its savepoints are due after its interval', async () => {
    await startFirst(every('1h'));
    await reconcile();
    const dueAt = (await getPolicy())?.dueAt;
    world.passTime(600);

    await apply(sendHttp, { ...every('2h'), labels: { env: 'prod' } });

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { class: 'none' } });
    expect(dueAt).toBeDefined();
    expect(await getPolicy()).toEqual({ every: '2h', keep: 5, directory: savepointDirectory });
    await reconcile();
    expect((await getPolicy())?.dueAt).toBe(new Date(world.ports.now().getTime() + 2 * 3_600_000).toISOString());
  });

  it('keeps its due time when something else changes', async () => {
    await startFirst(every('1h'));
    await reconcile();
    const policy = await getPolicy();

    await apply(sendHttp, { ...every('1h'), labels: { env: 'prod' } });

    expect(getRollout()).toMatchObject({ rollout: { class: 'none', to: 2 } });
    expect(policy).toHaveProperty('dueAt');
    expect(await getPolicy()).toEqual(policy);
  });

  it('needs a directory when the cluster runs without the one that its target has now', async () => {
    await startFirst();
    limitTarget({ defaults: { 'execution.checkpointing.savepoint-dir': savepointDirectory } });

    const { errors } = await apply(sendHttp, { snapshots: { every: '1h' } });

    expect(errors).toMatchObject([
      { pointer: '/snapshots/directory', detail: expect.stringContaining(`cluster ${clusterId} in target local`) },
    ]);
    await apply(sendHttp, { snapshots: { every: '1h' } }, { restart: true });
    await runWorkflows();
    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { to: 2 } });
    expect(listDeploys()).toHaveLength(2);
  });

  it('ends with the apply of a spec without one', async () => {
    await startFirst(every('1h'));

    await apply(sendHttp, {});

    expect(getRollout()).toMatchObject({ rollout: { class: 'none', to: 2 } });
    expect(await getPolicy()).toBeUndefined();
  });
});

describe('after a change in place', () => {
  it('diff, unchanged and If-Match compare with the new revision', async () => {
    await startFirst();
    const planned = await plan({ labels: { env: 'prod' } });
    expect(planned).toMatchObject({ changes: { revision: 1, class: 'none' }, state: { source: 'running' } });
    await apply(sendHttp, { labels: { env: 'prod' } });
    const count = listOperations().length;

    expect((await plan({ labels: { env: 'prod' } })).changes).toMatchObject({ revision: 2, unchanged: true });
    expect((await plan({})).changes).toMatchObject({
      revision: 2,
      class: 'none',
      changes: [{ pointer: '/labels/env' }],
    });
    expect(await apply(sendHttp, { labels: { env: 'prod' } })).toMatchObject({ outcome: 'done' });
    expect(listOperations()).toHaveLength(count);
    const stale = { ...applied('flink:2.3'), ifRevision: 1 };
    expect(await sendHttp('apply', { clusterId, data: stale }, world)).toMatchObject({ code: 'revision-mismatch' });
  });

  it.each(['restart', 'suspend and resume'])('a %s starts the new spec', async (way) => {
    await startFirst();
    await apply(sendHttp, { labels: { env: 'prod' } });

    if (way === 'restart') await sendHttp('restart', { clusterId, data: options }, world);
    else {
      await sendHttp('suspend', { clusterId, data: { savepointDirectory: options.savepointDirectory } }, world);
      await runWorkflows();
      await sendHttp('resume', { clusterId, data: { stableWithin: '1min' } }, world);
    }
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { to: 3 } });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 3, labels: { env: 'prod' } });
    expect((await readRevision({ ...clusterRef, number: 3 }, world.ports)).deploy).toMatchObject({
      labels: { env: 'prod' },
    });
  });

  it('a rollback returns to the revision before it, and a failed rollout to it', async () => {
    await startFirst();
    await apply(sendHttp, { labels: { env: 'prod' } });
    const { savepoint } = getFlink();
    getFlink().savepoint = () => ({ failure: 'no space' });
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
    await runWorkflows();
    expect(getRollout()).toMatchObject({ state: 'FAILED' });
    expect(await getCluster()).toMatchObject({ revision: 2, labels: { env: 'prod' } });
    getFlink().savepoint = savepoint;

    await sendHttp('rollback', { clusterId, data: options }, world);
    await runWorkflows();

    expect(getRollout()).toMatchObject({ kind: 'rollback', state: 'SUCCEEDED', rollout: { from: 2, to: 3 } });
    expect((await getCluster())?.labels).toEqual({});
  });

  it('a revision that was found unstable stays so', async () => {
    await startFirst();
    const kept = await world.store.revision(clusterRef, 1);
    if (kept === undefined) throw new Error('no revision');
    const unstable = {
      type: '',
      title: '',
      status: 502,
      code: 'rollout-failed',
      retryable: false,
      detail: 'x',
    } as const;
    await world.store.commit({ revisions: [{ value: { ...kept.value, unstable }, previous: kept.version }] });

    await apply(sendHttp, { labels: { env: 'prod' } });

    expect(await listOutcomes()).toEqual([
      [2, 'failed'],
      [1, 'failed'],
    ]);
  });
});

describe('an apply that could be in place', () => {
  it('restarts when it says so, with the plan digest of the plan', async () => {
    await startFirst();
    const { digest } = await plan({ labels: { env: 'prod' } }, { restart: true });
    const data = { ...applied('flink:2.3', { restart: true }, { labels: { env: 'prod' } }), planDigest: digest };

    expect(await sendHttp('apply', { clusterId, data }, world)).toMatchObject({ outcome: 'done' });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { phase: 'Verifying' } });
    expect(listDeploys()).toHaveLength(2);
  });

  it('restarts for the label of the team, whose capacity the cluster holds', async () => {
    await startFirst();

    expect((await plan({ labels: { team: 'etl' } })).changes?.class).toBe('restart');
    await apply(sendHttp, { labels: { team: 'etl' } });
    await runWorkflows();

    expect(listDeploys()).toHaveLength(2);
  });

  it('restarts for an option that the target has set, because the cluster may run with an earlier one', async () => {
    await startFirst();
    limitTarget({ defaults: { 'my.option': '2' } });

    const planned = await plan({ config: { 'my.option': '2' } });

    expect(planned.changes).toMatchObject({
      class: 'restart',
      changes: [{ pointer: '/config/my.option', old: '2', new: '2', from: 'command' }],
    });
  });

  it('is refused for a lifetime that the running cluster cannot have, as its plan is', async () => {
    await startFirst();
    limitTarget({ maxAge: '2h' });
    world.passTime(3_600);
    const lifetime = { ttl: '90min' };

    expect(await apply(sendHttp, { lifetime })).toMatchObject({ code: 'over-limit', pointers: ['/lifetime/ttl'] });
    await expect(plan({ lifetime })).rejects.toMatchObject({ code: 'over-limit' });
    expect(await getCluster()).toMatchObject({ revision: 1 });
    expect(await apply(sendHttp, { lifetime }, { restart: true })).toMatchObject({ outcome: 'done' });
  });

  it('takes the place of a rollout that has not begun to end the old incarnation', async () => {
    await startFirst();
    await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);

    await apply(sendHttp, { labels: { env: 'prod' } });
    await runWorkflows();

    expect(listOperations().filter(({ kind }) => kind === 'apply')).toMatchObject([
      { state: 'CANCELED', problem: { code: 'superseded' } },
      { state: 'SUCCEEDED' },
    ]);
    expect(await getCluster()).toMatchObject({ revision: 2, labels: { env: 'prod' } });
    expect((await getCluster())?.rollout).toBeUndefined();
    expect(listDeploys()).toHaveLength(1);
  });
});
