import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { defaultPolicy } from '#events/records/policy.ts';
import type { NamedTarget, Target } from '#events/records/target.ts';
import { readAllPages } from '#shared/clusters/store/read.ts';

import { type Clock, newTarget, type OpenStore, stageAccount, startClock, type StoreWorld } from './world.ts';

const targetIn = (namespace: string): Target => ({
  cluster: 'eks',
  region: 'eu-central-1',
  namespace,
  defaults: { 'kubernetes.service-account': 'flink' },
  policy: defaultPolicy,
  limits: { clusters: 2 },
  shares: {},
  maxQueued: 100,
  maxJarBytes: 1_000,
});
const cachedSeconds = 30;

/** Targets, which an adapter caches for a while. */
export const describeTargets = (open: OpenStore) =>
  describe('targets', () => {
    let clock: Clock;
    let world: StoreWorld;
    let name: string;
    let target: Target;
    beforeEach(async () => {
      clock = startClock();
      world = await open(clock.now);
      name = newTarget();
      target = targetIn(name);
    });
    afterEach(() => world.targets.remove(name));

    it('are stored, listed and removed', async () => {
      await world.targets.put(name, target);

      expect(await world.targets.get(name)).toMatchObject({ ...target, name });
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

      expect(await world.targets.getLatest(name)).toMatchObject({ ...target, name });
    });

    it('refuse a change that was decided before they were replaced or removed', async () => {
      await world.targets.put(name, target);
      const refusal = { target: name, key: 'k', code: 'internal', expiresAt: clock.now() } as const;
      const commit = (unchangedTarget: NamedTarget) => world.store.commit({ refusal, unchangedTarget });
      const first = await world.targets.get(name);
      await commit(first);

      await world.others.targets.put(name, { ...target, maxQueued: 7 });
      await expect(commit(first)).rejects.toMatchObject({ code: 'conflict' });
      // The conflict made the adapter read the target again.
      const second = await world.targets.get(name);
      await commit(second);

      await world.others.targets.remove(name);
      await expect(commit(second)).rejects.toMatchObject({ code: 'conflict' });
    });

    describe('have a place of their own', () => {
      const role = (account: string) => `arn:aws:iam::${account}:role/drey-remote`;
      const taken = { code: 'namespace-taken', errors: [{ pointer: '/namespace' }] };
      let second: string;
      beforeEach(async () => {
        second = newTarget();
        await world.targets.put(name, target);
      });
      afterEach(() => world.targets.remove(second));

      const isKnown = async (one: string) => (await world.targets.listNames()).includes(one);

      it.each(['put', 'putIfAbsent'] as const)('which another target does not get: %s', async (method) => {
        await expect(world.others.targets[method](second, { ...target, maxQueued: 7 })).rejects.toMatchObject(taken);
        await expect(world.targets[method](second, { ...target, roleArn: role(stageAccount) })).rejects.toMatchObject(
          taken,
        );

        expect(await isKnown(second)).toBe(false);
      });

      it.each([
        { namespace: 'another' },
        { cluster: 'another' },
        { region: 'eu-west-1' },
        { roleArn: role('111122223333') },
      ])('which differs by %j', async (change) => {
        await world.targets.put(second, { ...target, ...change, namespace: change.namespace ?? target.namespace });

        expect(await isKnown(second)).toBe(true);
      });

      it('which only one of two targets gets at the same time', async () => {
        const free = { ...target, namespace: `${name}-free` };
        const results = await Promise.allSettled([
          world.targets.put(second, free),
          world.others.targets.put(name, free),
          world.targets.put(`${name}-3`, free),
        ]);

        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        await world.targets.remove(`${name}-3`);
      });

      it('which no other target gets by a move', async () => {
        await world.targets.put(second, { ...target, namespace: second });

        await expect(world.targets.put(second, target)).rejects.toMatchObject(taken);
        expect(await world.targets.getLatest(second)).toMatchObject({ namespace: second });
      });

      it.each([
        ['removed', () => world.targets.remove(name)],
        ['moved', () => world.targets.put(name, { ...target, namespace: `${name}-2` })],
      ])('which is theirs for three more minutes when they are %s', async (_how, leave) => {
        await leave();
        await expect(world.targets.put(second, target)).rejects.toMatchObject(taken);
        clock.passTime(179);
        await expect(world.targets.put(second, target)).rejects.toMatchObject(taken);
        clock.passTime(2);

        await world.targets.put(second, target);

        expect(await isKnown(second)).toBe(true);
        await expect(world.targets.put(name, target)).rejects.toMatchObject(taken);
      });

      it('which a move changes in one step', async () => {
        const free = { ...target, namespace: `${name}-2` };

        await world.targets.move(name, { from: target, to: free, queueVersion: undefined });

        expect(await world.targets.get(name)).toMatchObject({ ...free, name });
        await expect(world.targets.put(second, free)).rejects.toMatchObject(taken);
        await expect(world.targets.put(second, target)).rejects.toMatchObject(taken);
        clock.passTime(181);
        await world.targets.put(second, target);
        await expect(
          world.targets.move(name, { from: free, to: target, queueVersion: undefined }),
        ).rejects.toMatchObject(taken);
        expect(await world.targets.getLatest(name)).toMatchObject({ namespace: free.namespace });
      });

      it('which a move does not change when the target or its queue has changed', async () => {
        const free = { ...target, namespace: `${name}-2` };
        const conflict = { code: 'conflict' };
        const from = { ...target, namespace: `${name}-3` };
        await expect(world.targets.move(name, { from, to: free, queueVersion: undefined })).rejects.toMatchObject(
          conflict,
        );
        await expect(
          world.targets.move(second, { from: target, to: free, queueVersion: undefined }),
        ).rejects.toMatchObject(conflict);
        await expect(world.targets.move(name, { from: target, to: free, queueVersion: 1 })).rejects.toMatchObject(
          conflict,
        );
        await world.store.commit({
          queueControl: { target: name, paused: undefined, usage: undefined, reservations: {}, previous: undefined },
        });
        await expect(
          world.targets.move(name, { from: target, to: free, queueVersion: undefined }),
        ).rejects.toMatchObject(conflict);

        expect(await world.targets.listNames()).not.toContain(second);
        expect(await world.targets.getLatest(name)).toMatchObject({ namespace: target.namespace });
        await world.targets.put(second, free);
        await world.targets.remove(second);
        clock.passTime(181);
        await world.targets.move(name, { from: target, to: free, queueVersion: 1 });
        expect(await world.targets.getLatest(name)).toMatchObject({ namespace: free.namespace });
      });

      it('which they get back at once', async () => {
        await world.targets.remove(name);

        await world.targets.put(name, target);

        clock.passTime(1_000);
        await expect(world.targets.put(second, target)).rejects.toMatchObject(taken);
      });
    });
  });
