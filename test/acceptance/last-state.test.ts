import { describe, it } from 'vitest';

import { stableWithin, untilApplied, useCounts } from '../support/rollouts.ts';
import { freshId, startCluster, untilRestored } from '../support/system.ts';

const counts = useCounts();
const highAvailability = {
  'high-availability.type': 'kubernetes',
  'high-availability.storageDir': `${counts.url}/ha`,
};
const retention = { 'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION' };

describe.concurrent('an application that fails again and again', () => {
  it.for([
    ['with high availability', highAvailability],
    ['whose checkpoints are retained', retention],
  ] as const)('%s, is replaced with its last checkpoint', async ([_what, config], { expect }) => {
    const clusterId = freshId('last');
    const { rollout: _rollout, ...bad } = counts.spec('throws-later', { config });
    await startCluster({ clusterId, ...bad });
    const { last } = await counts.countsOf(clusterId, (found) => found.last > 200);
    // It has been restarted from a checkpoint.
    await counts.countsOf(clusterId, ({ first }) => first > 0);

    const good = { ...counts.spec('good', { config }), rollout: { state: 'last-state', stableWithin } };
    const operation = await untilApplied(clusterId, good);

    const path = operation.rollout?.snapshot?.path;
    expect(path).toContain('/chk-');
    const after = await counts.countsOf(clusterId);
    expect(await untilRestored(clusterId, after.jobId)).toBe(path);
    expect(after.first).toBeGreaterThan(last);
    await counts.end(clusterId);
  });
});
