import { afterAll, beforeAll, describe, it } from 'vitest';

import { apply, listRevisions, readCluster, roll, stableWithin, untilApplied, useCounts } from '../support/rollouts.ts';
import { freshId, listEvents, listObjects, until, untilRestored } from '../support/system.ts';

const counts = useCounts();

describe('an application that counts', () => {
  const clusterId = freshId('upgrade');
  let last = 0;
  beforeAll(async () => {
    ({ last } = await counts.start(clusterId));
  });
  afterAll(() => counts.end(clusterId));

  it('continues to count after an apply', async ({ expect }) => {
    const operation = await untilApplied(clusterId, counts.spec('good-2'));

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
      { number: 2, outcome: 'stable' },
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
    const same = await apply(clusterId, counts.spec('good-2'));
    expect(same).toMatchObject({ status: 200, body: { result: 'unchanged', revision: 2 } });

    const stale = await apply(clusterId, counts.spec('good'), { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'revision-mismatch' } });
  });

  it('continues to count after a rollback', async ({ expect }) => {
    const back = await roll(clusterId, 'rollback', { stableWithin });

    expect(back).toMatchObject({ rollout: { from: 2, to: 3 } });
    const after = await counts.countsOf(clusterId);
    expect(after.first).toBeGreaterThan(last);
    ({ last } = after);
  });

  it('takes no capacity while it is suspended, and is resumed with its count', async ({ expect }) => {
    expect(await roll(clusterId, 'suspend')).toMatchObject({ kind: 'suspend' });
    expect(await readCluster(clusterId)).toMatchObject({
      state: 'SUSPENDED',
      snapshot: { path: expect.stringContaining(`${counts.url}/savepoints/`) },
    });
    expect(await listObjects(clusterId)).toEqual([]);

    expect(await roll(clusterId, 'resume', { stableWithin })).toMatchObject({ kind: 'resume' });
    const resumed = await counts.countsOf(clusterId);
    expect(resumed.first).toBeGreaterThan(last);
    ({ last } = resumed);
  });

  it('continues to count after a restart', async ({ expect }) => {
    await roll(clusterId, 'restart', { stableWithin });

    expect((await counts.countsOf(clusterId)).first).toBeGreaterThan(last);
  });
});
