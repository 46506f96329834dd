import { expect, it } from 'vitest';

import { findFullLimit, measureUsage } from '../../../../dashboard/model/clusters/usage.ts';

it.each([
  [{ clusters: 4 }, undefined],
  [{}, undefined],
  [{ clusters: 3 }, '3 of 3 clusters are in use'],
  [{ clusters: 4, cpu: 8 }, '8 of 8 CPU are in use'],
  [{ memoryGibibytes: 2 }, '2 of 2 GiB of memory are in use'],
  [{ jobs: 5 }, undefined],
])('of the limits %j a new cluster waits for %s', (limits, full) => {
  const usage = { clusters: 3, jobs: 5, cpu: 8, memoryMebibytes: 2_048 };
  expect(findFullLimit(measureUsage(limits, usage))).toBe(full);
});
