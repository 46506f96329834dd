import { expect, it } from 'vitest';

import { createExpiringCache } from '#shared/kubernetes/access/expiring-cache.ts';

it('holds no value that has expired, whatever key it has', async () => {
  let nowMs = 0;
  const cache = createExpiringCache<string>(() => new Date(nowMs));
  const load = async () => ({ value: 'value', expiresMs: nowMs + 1_000 });
  for (let operation = 0; operation < 100; operation += 1) await cache.get(`operation-${operation}`, load);
  const before = cache.size();

  nowMs = 1_000;
  await cache.get('another', load);

  expect([before, cache.size()]).toEqual([100, 1]);
});
