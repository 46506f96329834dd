import { expect, it } from 'vitest';

import { measurePasses } from '#test/bench/reconcile/measure.ts';

it('a pass over 2,000 clusters reads metadata and rows, whole pods only in trouble, and no page of the table twice', async () => {
  const { passes, requests } = await measurePasses(2_000, 1);

  expect(passes).toMatchObject([{ messages: 40, listedClusters: 2_000, troubled: 2 }]);
  // Two pages of Deployments, one of pods, and two pods in trouble.
  expect(requests.kubernetes).toBe(5);
  expect(requests.kubernetesMegabytes).toBeLessThan(6);
  expect(requests.table).toBe(3);
}, 60_000);
