import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { defaultPolicy } from '#events/records/policy.ts';
import type { Target } from '#events/records/target.ts';
import { readAllPages } from '#shared/clusters/store/read.ts';

import { type Clock, newTarget, type OpenStore, startClock, type StoreWorld } from './world.ts';

const target: Target = {
  cluster: 'eks',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: { 'kubernetes.service-account': 'flink' },
  policy: defaultPolicy,
  limits: { clusters: 2 },
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1_000,
};
const cachedSeconds = 30;

/** Targets, which an adapter caches for a while. */
export const describeTargets = (open: OpenStore) =>
  describe('targets', () => {
    let clock: Clock;
    let world: StoreWorld;
    let name: string;
    beforeEach(async () => {
      clock = startClock();
      world = await open(clock.now);
      name = newTarget();
    });
    afterEach(() => world.targets.remove(name));

    it('are stored, listed and removed', async () => {
      await world.targets.put(name, target);

      expect(await world.targets.get(name)).toEqual({ ...target, name });
      expect(await readAllPages((page) => world.targets.list(page))).toContainEqual({ ...target, name });
      expect(await world.targets.listNames()).toContain(name);
      await world.targets.remove(name);
      await expect(world.targets.get(name)).rejects.toMatchObject({ code: 'not-found' });
      await expect(world.targets.getLatest(name)).rejects.toMatchObject({ code: 'not-found' });
      expect(await world.targets.listNames()).not.toContain(name);
    });

    it('are read at once by the process that writes them', async () => {
      await world.targets.put(name, target);
      await world.targets.get(name);
      await world.targets.put(name, { ...target, maxQueued: 7 });

      expect(await world.targets.get(name)).toMatchObject({ maxQueued: 7 });
    });

    it('may be half a minute old where another process writes them, unless the current one is read', async () => {
      await world.targets.put(name, target);
      await world.targets.get(name);
      await world.others.targets.put(name, { ...target, maxQueued: 7 });
      clock.passTime(cachedSeconds + 1);

      expect(await world.targets.get(name)).toMatchObject({ maxQueued: 7 });
      await world.others.targets.put(name, { ...target, maxQueued: 8 });
      expect(await world.targets.getLatest(name)).toMatchObject({ maxQueued: 8 });
      expect(await world.targets.get(name)).toMatchObject({ maxQueued: 8 });
    });

    it('are created only where no target of the name exists', async () => {
      await world.targets.putIfAbsent(name, target);
      await world.targets.putIfAbsent(name, { ...target, maxQueued: 7 });

      expect(await world.targets.getLatest(name)).toEqual({ ...target, name });
    });
  });
