import { describe, expect, it } from 'vitest';

import { EventOrder } from '#local/event-order.ts';

const event = (sequence: number, clusterId = 'a') => ({
  detail: { id: `${clusterId}/${sequence}`, target: 'local', clusterId, sequence },
});
const numbers = (events: readonly { readonly detail: Readonly<Record<string, unknown>> }[]) =>
  events.map(({ detail }) => detail['sequence']);

describe('the order of events', () => {
  it('is that of their numbers, whatever order they come in', () => {
    const order = new EventOrder(1_000);

    expect(numbers([3, 1, 2].flatMap((sequence) => order.add(event(sequence), 0)))).toEqual([1, 2, 3]);
  });

  it('lets each through once', () => {
    const order = new EventOrder(1_000);

    expect(numbers([1, 1, 2, 1].flatMap((sequence) => order.add(event(sequence), 0)))).toEqual([1, 2]);
  });

  it('is kept for each cluster by itself', () => {
    const order = new EventOrder(1_000);

    expect(numbers([event(2, 'a'), event(1, 'b')].flatMap((one) => order.add(one, 0)))).toEqual([1]);
  });

  it('does not wait for ever for one that does not come', () => {
    const order = new EventOrder(1_000);
    order.add(event(1), 0);
    order.add(event(3), 0);

    expect(numbers(order.overdue(999))).toEqual([]);
    expect(numbers(order.overdue(1_000))).toEqual([3]);
    expect(numbers(order.add(event(2), 1_001))).toEqual([2]);
  });

  it('lets through at once what is no transition', () => {
    expect(new EventOrder(1_000).add({ detail: { id: 'rejected' } }, 0)).toHaveLength(1);
  });
});
