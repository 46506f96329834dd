import { beforeEach, describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getCluster, reconcile, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

import { extend, handleTimerEvent, listTimerEvents, listWarnings, reconcileMinutes } from './fixture.ts';

describe('a lifetime', () => {
  describe('of a FAILED cluster that keeps its objects', () => {
    beforeEach(async () => {
      world.kubernetes.startsAtOnce = false;
      const data = { mode: 'session', onFailure: 'keep', lifetime: { ttl: '1h' } };
      await sendHttp('deploy', { clusterId, data }, world);
      await runWorkflows();
    });

    it('is told by its record, so that clients can find it', async () => {
      expect(await getCluster()).toMatchObject({ state: 'FAILED', onFailure: 'keep' });
    });

    it('is scheduled, warned of and ended', async () => {
      await reconcile();
      expect(listTimerEvents().map(({ kind }) => kind)).toEqual(['warning', 'end']);

      await reconcileMinutes(55);
      await handleTimerEvent('end');
      await runWorkflows();

      expect(listWarnings()).toHaveLength(1);
      expect(await getCluster()).toMatchObject({ state: 'STOPPED', reason: 'LifetimeEnded' });
      expect(world.kubernetes.clusters.size).toBe(0);
      expect(listTimerEvents()).toEqual([]);
    });

    it('ends in a reconcile pass without a timer event, while the target is unreachable', async () => {
      world.kubernetes.unreachable = true;

      await reconcileMinutes(60);

      expect(await getCluster()).toMatchObject({ state: 'STOPPING', reason: 'LifetimeEnded' });
    });

    it('can be extended', async () => {
      await reconcileMinutes(30);

      expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'done' });
      await reconcileMinutes(100);
      expect(await getCluster()).toMatchObject({ state: 'FAILED', lifetime: { version: 2 } });
      await reconcileMinutes(30);
      await runWorkflows();

      expect(await getCluster()).toMatchObject({ state: 'STOPPED' });
    });
  });
});
