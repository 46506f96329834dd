import { expect, it } from 'vitest';

import { findLastStateRefusal, needsDirectory } from '../../../../dashboard/model/clusters/end-state.ts';

it.each([
  ['without a directory', {}, 'The cluster has no directory of checkpoints.'],
  [
    'when Flink deletes the checkpoints',
    { checkpointDirectory: 's3://a' },
    'Flink deletes the checkpoints of the cluster when it ends.',
  ],
  ['when Flink retains them', { checkpointDirectory: 's3://a', retainsCheckpoints: true } as const, undefined],
  ['with high availability', { checkpointDirectory: 's3://a', highAvailabilityDirectory: 's3://b' }, undefined],
])('the last checkpoint is possible or not %s', (_, cluster, refusal) => {
  expect(findLastStateRefusal(cluster)).toBe(refusal);
});

it('only a savepoint of live jobs needs a directory, of a cluster that is known to have none', () => {
  expect(needsDirectory({ hasSavepointDirectory: false })).toBe(true);
  expect(needsDirectory({ hasSavepointDirectory: false }, false)).toBe(false);
  expect(needsDirectory({})).toBe(false);
});
