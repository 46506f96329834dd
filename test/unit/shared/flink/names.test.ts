import { describe, expect, it } from 'vitest';

import { jobManagerLabels, labelSelector, taskManagerLabels } from '#shared/flink/names.ts';

describe('a selector', () => {
  it.each([
    [jobManagerLabels, 'jobmanager'],
    [taskManagerLabels, 'taskmanager'],
  ])('selects one kind of pods of one cluster', (labels, component) => {
    expect(labelSelector(labels('nest'))).toBe(`app=nest,type=flink-native-kubernetes,component=${component}`);
  });
});
