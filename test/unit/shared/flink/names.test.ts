import { describe, expect, it } from 'vitest';

import { getJobManagerLabels, getTaskManagerLabels, toLabelSelector } from '#shared/flink/names.ts';

describe('a selector', () => {
  it.each([
    [getJobManagerLabels, 'jobmanager'],
    [getTaskManagerLabels, 'taskmanager'],
  ])('selects one kind of pods of one cluster', (labels, component) => {
    expect(toLabelSelector(labels('nest'))).toBe(`app=nest,type=flink-native-kubernetes,component=${component}`);
  });
});
