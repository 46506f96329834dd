import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listRevisions, readCluster, untilApplied, useCounts } from '../support/rollouts.ts';
import { freshId } from '../support/system.ts';

const counts = useCounts();

describe('a revision', () => {
  const clusterId = freshId('bad');
  let last = 0;
  beforeAll(async () => {
    ({ last } = await counts.start(clusterId));
  });
  afterAll(() => counts.end(clusterId));

  it.each([
    ['throws in main()', counts.spec('throws-in-main')],
    ['throws 20 seconds after its start', counts.spec('throws-later')],
    ['has state of another type', counts.spec('other-type')],
    ['has an operator of another uid', counts.spec('other-uid')],
    ['has an image that does not exist', counts.spec('good-2', { image: 'flink:none' })],
  ])('that %s is replaced by the last stable one, whose count is intact', async (_what, bad) => {
    const [stable] = await listRevisions(clusterId);

    const operation = await untilApplied(clusterId, bad, 'FAILED');

    expect(operation).toMatchObject({
      problem: { detail: expect.stringMatching(/\w/) as string },
      rollout: { from: stable?.number, rolledBackTo: stable?.number },
    });
    expect(await readCluster(clusterId)).toMatchObject({ state: 'RUNNING' });
    const after = await counts.countsOf(clusterId);
    expect(after.first).toBeGreaterThan(last);
    ({ last } = after);
    const [newest, failed] = await listRevisions(clusterId);
    expect([newest?.outcome, failed?.outcome]).toEqual(['stable', 'failed']);
    expect(newest?.digest).toBe(stable?.digest);
  });
});
