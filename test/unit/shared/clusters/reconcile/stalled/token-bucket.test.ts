import { beforeEach, describe, expect, it } from 'vitest';

import { pace, TokenBucket } from '#shared/clusters/reconcile/stalled/token-bucket.ts';

let time: number;
let bucket: TokenBucket;
beforeEach(() => {
  time = Date.parse('2026-11-23T12:00:00Z');
  const clock = {
    now: () => new Date(time),
    sleep: async (ms: number) => {
      time += ms;
    },
  };
  bucket = new TokenBucket(clock);
});

/** How many seconds so many tokens take. */
const take = async (count: number): Promise<number> => {
  const before = time;
  for (let taken = 0; taken < count; taken += 1) await bucket.take();
  return (time - before) / 1_000;
};

describe('the pace of stalled work', () => {
  it('is a burst, and then a rate', async () => {
    const [burst, rest] = [await take(pace.burst), await take(8)];

    expect(burst).toBe(0);
    expect(rest).toBeCloseTo(8 / pace.initialPerSecond, 1);
  });

  it('grows with each answer of the API server, up to a maximum', async () => {
    for (let answers = 0; answers < 100; answers += 1) bucket.accept();
    await take(pace.burst);

    expect(await take(32)).toBeCloseTo(32 / pace.maxPerSecond, 1);
  });

  it('halves with each refusal, down to a minimum, and has no burst then', async () => {
    for (let refusals = 0; refusals < 10; refusals += 1) bucket.refuse();

    expect(await take(4)).toBeCloseTo(4 / pace.minPerSecond, 1);
  });

  it('waits as long as the API server asks for', async () => {
    bucket.refuse(30);

    expect(await take(1)).toBeCloseTo(30 + 2 / pace.initialPerSecond, 1);
  });

  it('ends after some refusals in a row, and not after the same number with an answer between them', () => {
    for (let refusals = 1; refusals < pace.maxRefusals; refusals += 1) bucket.refuse();
    const before = bucket.isClosed;
    bucket.accept();
    bucket.refuse();
    const after = bucket.isClosed;
    for (let refusals = 1; refusals < pace.maxRefusals; refusals += 1) bucket.refuse();

    expect([before, after, bucket.isClosed]).toEqual([false, false, true]);
  });

  it('asks for an answer once a second', () => {
    const first = bucket.needsAnswer;
    bucket.accept();
    const at0 = bucket.needsAnswer;
    time += pace.answerMs;

    expect([first, at0, bucket.needsAnswer]).toEqual([true, false, true]);
  });

  it('does not count a token that is given back', async () => {
    await take(pace.burst);
    const rest = async () => {
      bucket.giveBack();
      return take(1);
    };

    expect(await rest()).toBe(0);
    expect(await rest()).toBe(0);
  });
});
