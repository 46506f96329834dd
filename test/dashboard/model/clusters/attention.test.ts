import { describe, expect, it } from 'vitest';

import { findAttention } from '../../../../dashboard/model/clusters/attention.ts';
import { makeListedCluster, makeJob, now } from '../../support/fixtures.ts';

const unreachable = {
  type: 'Reachable',
  status: 'False',
  reason: 'NoAnswer',
  message: 'Flink did not answer.',
  since: '2026-11-30T11:00:00.000Z',
} as const;

const find = (...clusters: Parameters<typeof findAttention>[0]) => findAttention(clusters, Date.parse(now));

describe('what needs attention', () => {
  it('has unreachable clusters first, then jobs that fail, then failed clusters', () => {
    const found = find(
      makeListedCluster({ clusterId: 'a', state: 'FAILED', reason: 'ImagePullBackOff', updatedAt: now }),
      makeListedCluster({
        clusterId: 'b',
        jobs: [makeJob({ name: 'Enrich', state: 'RESTARTING', message: 'No Kafka' })],
      }),
      makeListedCluster({ clusterId: 'c', conditions: [unreachable] }),
    );

    expect(found.map(({ clusterId, kind, message }) => [clusterId, kind, message])).toEqual([
      ['c', 'unreachable', 'NoAnswer: Flink did not answer.'],
      ['b', 'job', 'Job Enrich is RESTARTING. No Kafka'],
      ['a', 'failed', 'ImagePullBackOff'],
    ]);
  });

  it('has no failure that is older than a day', () => {
    expect(find(makeListedCluster({ state: 'FAILED', updatedAt: '2026-11-29T11:59:00.000Z' }))).toEqual([]);
  });

  it('has no healthy cluster, and none that is being stopped', () => {
    expect(find(makeListedCluster(), makeListedCluster({ state: 'STOPPING', conditions: [unreachable] }))).toEqual([]);
  });
});
