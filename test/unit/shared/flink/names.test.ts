import { describe, expect, it } from 'vitest';

import { getJobManagerLabels, toLabelSelector } from '#shared/flink/names.ts';

describe('a selector', () => {
  it("finds one kind of a cluster's pods, and no other cluster's", () => {
    const selector = toLabelSelector(getJobManagerLabels('nest'));
    expect(selector).toBe('app=nest,type=flink-native-kubernetes,component=jobmanager');
  });
});
