import { describe, expect, it } from 'vitest';

import { getJobManagerLabels, getTaskManagerLabels, toLabelSelector } from '#shared/flink/names.ts';

describe('a selector', () => {
  it.each([
    [getJobManagerLabels, 'jobmanager'],
    [getTaskManagerLabels, 'taskmanager'],
  ])("finds one kind of a cluster's pods, and no other cluster's", (labels, component) => {
    expect(toLabelSelector(labels('nest'))).toBe(`app=nest,type=flink-native-kubernetes,component=${component}`);
  });
});
