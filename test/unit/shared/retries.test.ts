import { describe, expect, it } from 'vitest';

import { policies, repeat } from '#shared/retries.ts';

const policy = { retries: 4, initialMs: 100, maxMs: 500, maxRetryAfterMs: 3_000 };

/** Work that fails a number of times, with the delays before its retries. */
const failing = (times: number, error: Error = new Error('busy')) => {
  const pauses: number[] = [];
  let tries = 0;
  return {
    pauses,
    tries: () => tries,
    work: async () => {
      tries += 1;
      if (tries <= times) throw error;
      return tries;
    },
    sleep: async (ms: number) => void pauses.push(ms),
  };
};

describe('retried work', () => {
  it.each([
    [0, [0, 0, 0, 0]],
    [0.5, [50, 100, 200, 250]],
    [0.99, [99, 198, 396, 495]],
  ])('waits a random fraction (%d) of a delay that doubles up to a maximum', async (random, wanted) => {
    const { work, sleep, pauses } = failing(4);

    const result = await repeat(work, { policy, isTransient: () => true, sleep, random: () => random });

    expect(result).toBe(5);
    expect(pauses).toEqual(wanted);
  });

  it('waits as long as Retry-After says, plus a random fraction', async () => {
    const { work, sleep, pauses } = failing(1);

    await repeat(work, { policy, isTransient: () => true, retryAfterMs: () => 2_000, sleep, random: () => 0.5 });

    expect(pauses).toEqual([2_050]);
  });

  it.each([
    ['ends with what the last try threw', { isTransient: () => true }, 5],
    ['is not tried again after what does not pass', { isTransient: () => false }, 1],
    ['is tried as often as its failure allows', { isTransient: (_: unknown, retries: number) => retries < 2 }, 3],
    ['is not retried when the requested delay is too long', { isTransient: () => true, retryAfterMs: () => 3_001 }, 1],
  ])('%s', async (_name, options, tries) => {
    const failed = failing(9);

    await expect(repeat(failed.work, { policy, ...options, sleep: failed.sleep })).rejects.toThrow('busy');
    expect(failed.tries()).toBe(tries);
  });

  it('ends with the last failure when its time ends during a wait', async () => {
    const failed = failing(9);
    const signal = AbortSignal.timeout(20);
    const slow = { ...policy, initialMs: 60_000, maxMs: 60_000 };

    await expect(
      repeat(failed.work, { policy: slow, isTransient: () => true, signal, random: () => 0.9 }),
    ).rejects.toThrow('busy');
    expect(failed.tries()).toBe(1);
  });

  it('of a request to an API server ends before the timeout of the caller', () => {
    const { retries, maxMs } = policies.kubernetes;

    expect((retries + 1) * 5_000 + retries * maxMs).toBeLessThan(29_000);
  });
});
