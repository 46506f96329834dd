import { describe, expect, it } from 'vitest';

import { getJobManagerLabels, toLabelSelector } from '#shared/flink/names.ts';

describe('a selector', () => {
  it('selects the pods of the JobManager of one cluster', () => {
    const selector = toLabelSelector(getJobManagerLabels('nest'));
    expect(selector).toBe('app=nest,type=flink-native-kubernetes,component=jobmanager');
  });
});
