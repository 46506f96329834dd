import { describe, expect, it } from 'vitest';

import { describeReason, findCluster, findKind } from '../../../../dashboard/model/operations/dead-letters.ts';

describe('a dead letter', () => {
  it('has the cluster of its subject', () => {
    expect(findCluster({ subject: 'targets/etl/clusters/nightly' })).toEqual({ target: 'etl', clusterId: 'nightly' });
    expect(findCluster({ subject: 'targets/etl' })).toBeUndefined();
    expect(findCluster({})).toBeUndefined();
  });

  it('has the command of its type', () => {
    expect(findKind({ type: 'drey.command.stop-job.v1' })).toBe('stop-job');
    expect(findKind({ type: 'other' })).toBe('');
  });

  it('has the reason of the last attempt, or says that none is known', () => {
    expect(describeReason({ code: 'internal', detail: 'It failed.' })).toBe('internal: It failed.');
    expect(describeReason({})).toBe('Unknown: the function ended without a failure.');
  });
});
