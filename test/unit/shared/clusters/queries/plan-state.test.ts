import { describe, expect, it } from 'vitest';

import { PlanRequest } from '#events/http/plans.ts';
import { readSnapshots } from '#shared/clusters/queries/snapshots.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  reconcile,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import {
  complete,
  getJobId,
  highAvailability,
  retained,
  toPath,
} from '#test/unit/shared/clusters/workflows/last-state-fixture.ts';
import {
  applied,
  getRollout,
  listDeploys,
  specOf,
  startFirst,
} from '#test/unit/shared/clusters/workflows/rollout-fixture.ts';

const plan = (data: object) => planDeploy('local', PlanRequest.parse({ clusterId, ...data }), world.ports);
const planNext = (rollout: object = {}, fields: object = {}) => plan(applied('flink:2.3.1', rollout, fields));
const apply = (data: object) => sendHttp('apply', { clusterId, data: { ...data } }, world);
const stopWithSavepoint = async () => {
  await sendHttp('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
  await runWorkflows();
};

it('a plan is refused for options that contradict each other, as the apply is', async () => {
  await expect(planNext({ state: 'none', fallback: 'last-state' })).rejects.toMatchObject({
    errors: [{ pointer: '/rollout/fallback' }],
  });
});

it('the digest of a plan is that of one cluster ID and one named state', async () => {
  const digestOf = async (fields: object) => (await plan({ ...specOf('flink:2.3'), ...fields })).digest;
  const job = { jar: 'local:///opt/flink/usrlib/job.jar', restore: { path: 's3://bucket/other' } };

  const digests = [await digestOf({}), await digestOf({ job }), await digestOf({ clusterId: 'other' })];

  expect(new Set(digests).size).toBe(3);
  expect(await digestOf({})).toBe(digests[0]);
});

describe('the state in the plan of a running cluster', () => {
  it.each([
    [{}, { source: 'savepoint' }],
    [{ fallback: 'none' }, { source: 'savepoint', fallback: 'none' }],
    [{ state: 'last-state' }, { source: 'last-state' }],
    [{ state: 'none' }, { source: 'none', dropped: true }],
  ])('is that of an apply with %j', async (rollout, expected) => {
    await startFirst(retained);
    await reconcile();

    const { state } = await planNext(rollout, retained);

    expect(state).toMatchObject(expected);
    expect(state).toHaveProperty('source', expected.source);
    expect('dropped' in state).toBe('dropped' in expected);
  });

  it('names the checkpoint that an apply with last-state starts from', async () => {
    await startFirst(retained);
    await reconcile();
    complete(getJobId(), 7);

    expect((await planNext({ state: 'last-state' }, retained)).state).toMatchObject({
      source: 'last-state',
      lastState: { path: toPath(getJobId(), 7) },
    });
  });

  it('is that which the spec names, when the apply drops the one of the cluster', async () => {
    await startFirst();
    const job = { jar: 'local:///opt/flink/usrlib/job.jar', restore: { path: 's3://bucket/other' } };

    const { state } = await planNext({ state: 'none' }, { job });

    expect(state).toEqual({ source: 'restore', dropped: true, path: 's3://bucket/other' });
    await apply(applied('flink:2.3.1', { state: 'none' }, { job }));
    await runWorkflows();
    expect(listDeploys().at(-1)).toMatchObject({ restoredFrom: 's3://bucket/other' });
  });

  it('continues when nothing restarts, and not when the apply restarts the cluster', async () => {
    await startFirst();
    const labels = { labels: { env: 'prod' } };

    const inPlace = await plan(applied('flink:2.3', { state: 'none' }, labels));
    const restart = await plan(applied('flink:2.3', { restart: true }, labels));
    const unchanged = await plan(applied('flink:2.3', { restart: true, state: 'none' }));

    expect(inPlace).toMatchObject({ changes: { class: 'none' }, state: { source: 'running' } });
    expect(restart).toMatchObject({ changes: { class: 'none' }, state: { source: 'savepoint' } });
    expect(unchanged).toMatchObject({ changes: { unchanged: true }, state: { source: 'running' } });
  });
});

describe('a plan', () => {
  it.each<[string, object, object]>([
    ['last checkpoints that Flink deletes', { state: 'last-state' }, {}],
    ['them as a fallback', { fallback: 'last-state' }, {}],
    ['a savepoint without a directory', { savepointDirectory: undefined }, {}],
    ['a time that is too long', { stableWithin: '2d' }, {}],
    ['the state of a cluster of another mode', {}, { mode: 'session', job: undefined }],
    [
      'a snapshot that is not there',
      { state: 'none' },
      { job: { jar: 'local:///a.jar', restore: { snapshot: 'a'.repeat(32) } } },
    ],
  ])('is refused as the apply is: %s', async (_what, rollout, fields) => {
    await startFirst();
    await reconcile();
    const data = applied('flink:2.3.1', rollout, fields);

    const refused = await apply(data);
    const planned = plan(data);

    expect(refused).toMatchObject({ outcome: 'rejected' });
    await expect(planned).rejects.toMatchObject({
      code: refused.code,
      errors: [{ pointer: refused.errors?.[0]?.pointer, detail: refused.errors?.[0]?.detail }],
    });
  });

  it.each([
    { state: 'none' },
    { state: 'last-state' },
    { fallback: 'none' },
    { allowNonRestoredState: true },
    { restart: true },
  ])('with %j is another one than that without', async (rollout) => {
    await startFirst(retained);
    const { digest: planDigest } = await planNext({}, retained);
    const other = { ...applied('flink:2.3.1', rollout, retained), planDigest };

    expect((await planNext(rollout, retained)).digest).not.toBe(planDigest);
    expect(await apply(other)).toMatchObject({ outcome: 'rejected', code: 'plan-mismatch' });
    expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
  });

  it('is that of an apply with the same options, whatever else of the rollout differs', async () => {
    await startFirst();
    const { digest: planDigest } = await planNext({ state: 'none' });

    await apply({ ...applied('flink:2.3.1', { state: 'none', maxRestarts: 3 }), planDigest });
    await runWorkflows();

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { to: 2 } });
  });
});

describe('the state in the plan of a suspended cluster', () => {
  it('is its snapshot, unless the apply drops it', async () => {
    await startFirst();
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    const snapshot = (await getCluster())?.snapshot;

    const same = await plan(applied('flink:2.3'));
    expect(same).toMatchObject({ changes: { unchanged: false, changes: [], class: 'restart' } });
    expect(same.state).toEqual({ source: 'snapshot', ...snapshot, ageSeconds: expect.any(Number) as number });
    expect((await planNext({ state: 'none' })).state).toEqual({ source: 'none', dropped: true });
  });

  it('is that of its jobs, for a session', async () => {
    await sendHttp('deploy', { clusterId, data: { mode: 'session' } }, world);
    await runWorkflows();
    await sendHttp('suspend', { clusterId, data: {} }, world);
    await runWorkflows();

    expect((await plan({ mode: 'session' })).state).toEqual({ source: 'snapshot' });
  });
});

describe('the state in the plan of an ID without a live cluster', () => {
  it('is none for a new one, without a warning', async () => {
    const planned = await plan(specOf('flink:2.3'));

    expect(planned.state).toEqual({ source: 'none' });
    expect(planned.warnings).toEqual([]);
    await apply(applied('flink:2.3'));
    expect(getRollout()).not.toHaveProperty('warnings');
  });

  it('is none after a stop, and the plan and the apply name the newest snapshot to add', async () => {
    await startFirst();
    await stopWithSavepoint();
    const [newest] = (await readSnapshots(clusterRef, { limit: 1 }, world.ports)).items;
    const { snapshotId, path } = newest ?? {};

    const planned = await planNext();

    expect(planned.state).toMatchObject({ source: 'none', newest: { snapshotId, kind: 'savepoint', path } });
    expect(planned).not.toHaveProperty('changes');
    const warning = `-Ddrey.restore.snapshot=${snapshotId}`;
    expect(planned.warnings).toEqual([expect.stringContaining(warning)]);
    expect(planned.warnings[0]).toContain('Cluster etl starts without state');
    await apply(applied('flink:2.3.1'));
    expect(getRollout()?.warnings).toEqual(planned.warnings);
  });

  it('says that there is no snapshot to add', async () => {
    await startFirst();
    await sendHttp('stop', { clusterId, data: {} }, world);
    await runWorkflows();

    const { state, warnings } = await planNext();

    expect(state).toEqual({ source: 'none' });
    expect(warnings).toEqual([expect.stringContaining('The ID has no snapshot that could be restored.')]);
  });

  it.each([
    ['a path', () => ({ path: 's3://bucket/a' })],
    ['its last savepoint', () => ({ fromCluster: clusterId })],
  ])('is %s of the spec, without a warning', async (_what, toRestore) => {
    await startFirst();
    await stopWithSavepoint();
    const fields = { job: { jar: 'local:///opt/flink/usrlib/job.jar', restore: toRestore() } };

    const { state, warnings } = await planNext({}, fields);

    expect(state).toEqual({ source: 'restore', path: expect.stringMatching(/^s3:/) as string });
    expect(warnings).toEqual([]);
    await apply(applied('flink:2.3.1', {}, fields));
    expect(getRollout()).not.toHaveProperty('warnings');
  });

  it('is what Flink recovers from high-availability data', async () => {
    await startFirst(highAvailability);
    world.kubernetes.highAvailability.set(clusterId, new Set([`${clusterId}-cluster-config-map`]));
    await sendHttp('stop', { clusterId, data: { ha: 'keep' } }, world);
    await runWorkflows();

    const { state, warnings } = await planNext({}, highAvailability);

    expect(state).toEqual({ source: 'high-availability' });
    expect(warnings).toEqual([]);
  });
});
