import { setImmediate } from 'node:timers/promises';

import { beforeEach, describe, expect, it, vi } from 'vitest';

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

describe('a value that expires in less than three minutes', () => {
  const lifetimeMs = 600_000;
  let nowMs: number;
  let loads: PromiseWithResolvers<string>[];
  let cache: ReturnType<typeof createExpiringCache<string>>;
  const read = () =>
    cache.get('key', async () => {
      const load = Promise.withResolvers<string>();
      loads.push(load);
      return { value: await load.promise, expiresMs: nowMs + lifetimeMs };
    });
  beforeEach(async () => {
    [nowMs, loads] = [0, []];
    cache = createExpiringCache<string>(() => new Date(nowMs));
    const first = read();
    loads[0]?.resolve('first');
    await first;
    nowMs = lifetimeMs - 2 * 60_000;
  });

  it('is used while one reader renews it', async () => {
    expect(await Promise.all([read(), read()])).toEqual(['first', 'first']);
    expect(loads).toHaveLength(2);

    loads[1]?.resolve('second');
    await vi.waitFor(async () => expect(await read()).toBe('second'));

    expect(loads).toHaveLength(2);
  });

  it('is used until it expires when its renewal fails, which is repeated after ten seconds', async () => {
    await read();
    loads[1]?.reject(new Error('AWS does not answer'));
    await setImmediate();

    expect(await read()).toBe('first');
    expect(loads).toHaveLength(2);
    nowMs += 10_000;
    expect(await read()).toBe('first');
    expect(loads).toHaveLength(3);
  });

  it('is not replaced by a renewal that ends after it was forgotten', async () => {
    await read();
    cache.forget('key');
    const next = read();
    loads[2]?.resolve('third');
    expect(await next).toBe('third');

    loads[1]?.resolve('second');
    await setImmediate();

    expect(await read()).toBe('third');
  });
});

it('does not renew a value that never lasts three minutes', async () => {
  let loads = 0;
  const cache = createExpiringCache<number>(() => new Date(0));
  const read = () => cache.get('key', async () => ({ value: (loads += 1), expiresMs: 1_000 }));

  expect([await read(), await read(), loads]).toEqual([1, 1, 1]);
});
