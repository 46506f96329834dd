import { setTimeout } from 'node:timers/promises';

import { afterAll, beforeAll, describe, it } from 'vitest';

import { adaptive, readFlinkJob } from '../support/counts.ts';
import { letTimePass, runMaintenance } from '../support/past.ts';
import { apply, listRevisions, readCluster, roll, stableWithin, untilApplied, useCounts } from '../support/rollouts.ts';
import { freshId, listEvents, listObjects, readDeployment, until, untilRestored } from '../support/system.ts';

const counts = useCounts();

/** A second task of each vertex needs no second TaskManager. */
const config = { ...adaptive, 'taskmanager.numberOfTaskSlots': '2' };
const specOf = (variant: string) => counts.spec(variant, { config });

const parallelismOf = async (clusterId: string, jobId: string) =>
  (await readFlinkJob(clusterId, jobId)).vertices.map(({ parallelism }) => parallelism);

const { job, ...rest } = specOf('good');
const wider = { ...rest, job: { ...job, parallelism: 2 } };
const labelled = { ...wider, labels: { env: 'prod' }, lifetime: { ttl: '1d' } };

describe('an application that counts', () => {
  const clusterId = freshId('upgrade');
  let last = 0;
  beforeAll(async () => {
    ({ last } = await counts.start(clusterId, { config }));
  });
  afterAll(() => counts.end(clusterId));

  it('continues to count after an apply', async ({ expect }) => {
    const operation = await untilApplied(clusterId, specOf('good-2'));

    expect(operation).toMatchObject({
      kind: 'apply',
      rollout: {
        from: 1,
        to: 2,
        snapshot: { kind: 'savepoint', path: expect.stringContaining(`${counts.url}/savepoints/`) },
      },
    });
    const phases = operation.rollout?.phases.map(({ name }) => name) ?? [];
    expect(phases).toEqual(['Checking', 'Snapshotting', 'Starting', 'Verifying']);
    const after = await counts.countsOf(clusterId);
    expect(after.first).toBeGreaterThan(last);
    expect(await untilRestored(clusterId, after.jobId)).toBe(operation.rollout?.snapshot?.path);
    ({ last } = after);
    expect(await listRevisions(clusterId)).toMatchObject([
      { number: 2, outcome: 'stable', imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      { number: 1, outcome: 'stable' },
    ]);
    const published = await until(
      async () => listEvents(clusterId, 'Flink Rollout State Change').map(({ detail }) => detail),
      (details) =>
        details.some(({ operationId, state }) => operationId === operation.operationId && state === 'SUCCEEDED'),
    );
    expect(
      published.filter(({ operationId }) => operationId === operation.operationId).map(({ phase }) => phase),
    ).toEqual(expect.arrayContaining(phases));
  });

  it('is not changed by the same apply, nor by one that expects another revision', async ({ expect }) => {
    const same = await apply(clusterId, specOf('good-2'));
    expect(same).toMatchObject({ status: 200, body: { result: 'unchanged', revision: 2 } });

    const stale = await apply(clusterId, specOf('good'), { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'revision-mismatch' } });
  });

  it('continues to count after a rollback', async ({ expect }) => {
    const back = await roll(clusterId, 'rollback', { stableWithin });

    expect(back).toMatchObject({ rollout: { from: 2, to: 3 } });
    const after = await counts.countsOf(clusterId);
    expect(after.first).toBeGreaterThan(last);
    ({ last } = after);
  });

  it('takes no capacity while it is suspended, and is resumed after a day with its count', async ({ expect }) => {
    expect(await roll(clusterId, 'suspend')).toMatchObject({ kind: 'suspend' });
    expect(await readCluster(clusterId)).toMatchObject({
      state: 'SUSPENDED',
      snapshot: { path: expect.stringContaining(`${counts.url}/savepoints/`) },
    });
    const { updatedAt: suspendedAt, snapshot } = await readCluster(clusterId);
    await letTimePass(clusterId, 25);
    await runMaintenance();
    await setTimeout(15_000); // A pass over the target begins every ten seconds.
    expect(await listObjects(clusterId)).toEqual([]);
    const idle = await readCluster(clusterId);
    expect(idle).toMatchObject({ state: 'SUSPENDED', snapshot: { path: snapshot?.path } });
    expect(Date.parse(suspendedAt) - Date.parse(idle.updatedAt)).toBe(25 * 3_600_000);

    expect(await roll(clusterId, 'resume', { stableWithin })).toMatchObject({ kind: 'resume' });
    const resumed = await counts.countsOf(clusterId);
    expect(resumed.first).toBeGreaterThan(last);
    expect(await untilRestored(clusterId, resumed.jobId)).toBe(snapshot?.path);
    ({ last } = resumed);
  });

  it('gets another parallelism, labels and a lifetime without a restart', async ({ expect }) => {
    const { revision: from = 0 } = await readCluster(clusterId);
    const before = await counts.countsOf(clusterId);
    const deployment = await readDeployment(clusterId);
    const { 'start-time': startTime } = await readFlinkJob(clusterId, before.jobId);
    expect(await parallelismOf(clusterId, before.jobId)).toEqual([1, 1]);

    expect(await untilApplied(clusterId, wider)).toMatchObject({
      rollout: {
        class: 'rescale',
        from,
        to: from + 1,
        phases: [{ name: 'Checking' }, { name: 'Rescaling' }],
      },
    });

    expect(await parallelismOf(clusterId, before.jobId)).toEqual([1, 2]);
    // The program fails when a count does not fit.
    const rescaled = await counts.countsOf(clusterId, ({ first }) => first > before.first);
    expect(rescaled.jobId).toBe(before.jobId);

    expect(await untilApplied(clusterId, labelled)).toMatchObject({
      rollout: { class: 'none', from: from + 1, to: from + 2, phases: [{ name: 'Checking' }] },
    });

    expect(await readCluster(clusterId)).toMatchObject({
      revision: from + 2,
      labels: { env: 'prod' },
      lifetime: { ttl: '1d', endsAt: expect.any(String) },
    });
    expect(await readDeployment(clusterId)).toBe(deployment);
    const job = await readFlinkJob(clusterId, before.jobId);
    expect({ state: job.state, startTime: job['start-time'] }).toEqual({ state: 'RUNNING', startTime });
    ({ last } = await counts.countsOf(clusterId));
    expect(last).toBeGreaterThan(rescaled.first);
  });

  it('continues to count after a restart, with the parallelism of the last apply', async ({ expect }) => {
    await roll(clusterId, 'restart', { stableWithin });

    const { jobId, first } = await counts.countsOf(clusterId);
    expect(first).toBeGreaterThan(last);
    expect(await parallelismOf(clusterId, jobId)).toEqual([1, 2]);
    expect(await readCluster(clusterId)).toMatchObject({ labels: { env: 'prod' } });
  });
});
