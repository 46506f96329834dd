import { describe, expect, it } from 'vitest';

import { EventOrder } from '#local/services/event-order.ts';

const event = (sequence: number, clusterId = 'a') => ({
  detail: { id: `${clusterId}/${sequence}`, target: 'local', clusterId, sequence },
});
const numbers = (events: readonly { readonly detail: Readonly<Record<string, unknown>> }[]) =>
  events.map(({ detail }) => detail['sequence']);

describe('the order of events', () => {
  it('follows their sequence numbers', () => {
    const order = new EventOrder(1_000);

    expect(numbers([3, 1, 2].flatMap((sequence) => order.add(event(sequence), 0)))).toEqual([1, 2, 3]);
  });

  it('drops duplicates', () => {
    const order = new EventOrder(1_000);

    expect(numbers([1, 1, 2, 1].flatMap((sequence) => order.add(event(sequence), 0)))).toEqual([1, 2]);
  });

  it('is independent for each cluster', () => {
    const order = new EventOrder(1_000);

    expect(numbers([event(2, 'a'), event(1, 'b')].flatMap((one) => order.add(one, 0)))).toEqual([1]);
  });

  it('releases events after the maximum wait for a predecessor', () => {
    const order = new EventOrder(1_000);
    order.add(event(1), 0);
    order.add(event(3), 0);

    expect(numbers(order.releaseExpired(999))).toEqual([]);
    expect(numbers(order.releaseExpired(1_000))).toEqual([3]);
    expect(numbers(order.add(event(2), 1_001))).toEqual([2]);
  });

  it('releases other events immediately', () => {
    expect(new EventOrder(1_000).add({ detail: { id: 'rejected' } }, 0)).toHaveLength(1);
  });
});
