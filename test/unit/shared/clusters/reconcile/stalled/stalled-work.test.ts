import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import type { Metrics } from '#shared/clusters/ports/runtime.ts';
import { pace } from '#shared/clusters/reconcile/stalled/token-bucket.ts';
import {
  maxUnderWay,
  type StalledWork,
  startPass,
  processStalledWork,
} from '#shared/clusters/reconcile/stalled/stalled-work.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getLastOperation, session, world } from '#test/unit/shared/clusters/fixture.ts';

const workOf = (index: number, run: StalledWork['run'], more: Partial<StalledWork> = {}): StalledWork => ({
  since: new Date(Date.parse('2026-11-23T10:00:00Z') + index * 1_000).toISOString(),
  clusterId: `c${index}`,
  isOverdue: false,
  message: 'work failed',
  fields: {},
  run,
  ...more,
});
const sendSession = async () => {
  await sendHttp('deploy', { clusterId, data: session }, world);
  return getLastOperation()?.operationId ?? '';
};
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
/** @returns How much is left to the next pass. */
const start = async (work: readonly StalledWork[]): Promise<number | undefined> => {
  const left: (number | undefined)[] = [];
  const metrics: Metrics = {
    record: (name, { value }) => {
      if (name === 'StalledWork') left.push(value);
    },
  };
  await processStalledWork(work, startPass(await world.targets.get('local'), { ...world.ports, metrics }));
  expect(left).toHaveLength(1);
  return left[0];
};
const throttled = () => new Fault('target-unreachable', 'answered 429', { retryAfterSeconds: 1 });

describe('stalled work', () => {
  it('is continued oldest first, and before it what is overdue', async () => {
    const order: number[] = [];
    const note = (index: number) => async () => void order.push(index);

    await start([...[3, 1, 2].map((index) => workOf(index, note(index))), workOf(9, note(9), { isOverdue: true })]);

    expect(order).toEqual([9, 1, 2, 3]);
  });

  it('does not wait longer than a pass takes, although the API server asks for it', async () => {
    const begun: number[] = [];
    const startMs = world.ports.now().getTime();
    const refuse = async () => {
      begun.push(world.ports.now().getTime() - startMs);
      throw new Fault('target-unreachable', 'answered 429', { retryAfterSeconds: 120 });
    };

    const left = await start(numbers(30).map((index) => workOf(index, refuse, { isOverdue: index % 2 === 0 })));

    expect(left).toBe(30);
    expect(begun.length).toBeGreaterThan(0);
    expect(Math.max(...begun)).toBeLessThan(20_000);
    expect(world.ports.now().getTime() - startMs).toBeLessThan(20_000);
  });

  it('is not under way more often than permitted', async () => {
    let [now, max] = [0, 0];
    const run = async () => {
      now += 1;
      max = Math.max(max, now);
      await setImmediate();
      now -= 1;
      return {};
    };

    await start(numbers(40).map((index) => workOf(index, run)));

    expect(max).toBe(maxUnderWay);
  });

  it('counts as under way until its operation changes', async () => {
    const operationId = await sendSession();
    const read = world.store.operation.bind(world.store);
    let reads = 0;
    world.store.operation = async (id) => {
      reads += 1;
      const found = await read(id);
      return found && { ...found, version: reads < 4 ? 1 : 2 };
    };
    await start([workOf(1, async () => ({ operationId }))]);

    expect(reads).toBe(4);
  });

  it('does not begin when the API server refuses requests, except for what is overdue', async () => {
    const done: number[] = [];
    const run = (index: number) => async () => {
      done.push(index);
      return {};
    };
    const work = numbers(20).map((index) => workOf(index, run(index), { isOverdue: index === 19 }));
    for (const _ of numbers(20)) world.kubernetes.failNext('findDeployment', throttled());

    const left = await start(work);

    expect(done).toEqual([19]);
    expect(left).toBe(19);
    expect(world.kubernetes.calls.length).toBeLessThan(maxUnderWay + pace.maxRefusals);
  });

  it('slows down when the work itself is refused', async () => {
    const seconds = async (failures: number) => {
      const before = world.ports.now().getTime();
      await start(
        numbers(16).map((index) =>
          workOf(index, async () => {
            if (index > 0 && index <= failures) throw throttled();
            return {};
          }),
        ),
      );
      return (world.ports.now().getTime() - before) / 1_000;
    };

    expect(await seconds(1)).toBeGreaterThan((await seconds(0)) + 1);
  });

  it('waits for the next pass when this one has no time left', async () => {
    const run = async () => {
      world.passTime(1);
      return {};
    };

    const left = await start(numbers(60).map((index) => workOf(index, run)));

    expect(left).toBeGreaterThan(30);
    expect(left).toBeLessThan(45);
  });

  it('does not wait for a token when there was nothing to do', async () => {
    const before = world.ports.now().getTime();
    const done: number[] = [];

    await start(numbers(100).map((index) => workOf(index, async () => void done.push(index))));

    expect(done).toHaveLength(100);
    expect(world.ports.now().getTime()).toBe(before);
  });
});
