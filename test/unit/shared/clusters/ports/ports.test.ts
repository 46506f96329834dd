import { setTimeout as sleep } from 'node:timers/promises';

import { expect, it } from 'vitest';

import type { NamedTarget } from '#events/records/target.ts';
import { type Binding, portsFor } from '#shared/clusters/ports/ports.ts';
import { makeWorld } from '#test/fakes/world.ts';

it('the signal of an invocation ends its pauses and requests, and not those of other ports', async () => {
  const { ports, kubernetes } = makeWorld();
  const signals: AbortSignal[] = [];
  const world = {
    ...ports,
    kubernetes: (_target: NamedTarget, { signal }: Binding) => (signals.push(signal), kubernetes),
    inspection: () => kubernetes.inspection,
    sleep: (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }),
  };
  const [invocation, part] = [new AbortController(), new AbortController()];
  const outer = portsFor(world, { signal: invocation.signal, principal: 'drey:reconcile' });
  const inner = outer.withSignal(part.signal);
  const target = await ports.targets.get('local');
  outer.kubernetes(target);
  inner.kubernetes(target);
  part.abort();

  await expect(inner.sleep(60_000)).rejects.toThrow('aborted');
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  expect([outer.signal.aborted, inner.signal.aborted]).toEqual([false, true]);
  await outer.sleep(0);
});
