import { describe, expect, it } from 'vitest';

import { deliverTimerEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  clusterId,
  getCluster,
  limitTarget,
  reconcile,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import {
  extend,
  getLifetime,
  getTimerEvent,
  handleTimerEvent,
  hour,
  listStops,
  listTimerEvents,
  minute,
  observeTarget,
  reconcileMinutes,
  startSession,
} from './fixture.ts';

describe('the end of a lifetime', () => {
  it('stops the cluster at the timer event of its end, with the requested options', async () => {
    await startSession({ ttl: '1h', ha: 'purge' });
    world.passTime(hour);

    await handleTimerEvent('end');
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED', reason: 'LifetimeEnded' });
    expect(listStops()).toMatchObject([
      { value: { origin: 'schedule', request: { kind: 'stop', data: { ha: 'purge', savepoint: 'none' } } } },
    ]);
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('stops the cluster in a reconcile pass when no timer event comes', async () => {
    await startSession({ ttl: '1h' });
    world.timers.oneTime.clear();

    await reconcileMinutes(60);
    await runWorkflows();

    expect(await getCluster()).toMatchObject({ state: 'STOPPED', reason: 'LifetimeEnded' });
    expect(listStops()).toMatchObject([{ value: { origin: 'reconciler' } }]);
  });

  it('stops the cluster although another operation of the target fails to resume', async () => {
    await startSession({ ttl: '1h' });
    world.passTime(hour);
    await sendHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    world.workflows.started.splice(0);
    world.passTime(3 * minute);
    const { workflows: whole } = world.ports;
    const start: typeof whole.start = async (workflow, operationId) => {
      if (workflow === 'startup') throw new TypeError('a bug');
      return whole.start(workflow, operationId);
    };

    await observeTarget({ ...world.ports, workflows: { start } });

    expect(await getCluster()).toMatchObject({ state: 'STOPPING', reason: 'LifetimeEnded' });
  });

  it('records a stop while the target is unreachable', async () => {
    await startSession({ ttl: '1h' });
    world.kubernetes.unreachable = true;

    await reconcileMinutes(60);

    expect(await getCluster()).toMatchObject({ state: 'STOPPING', reason: 'LifetimeEnded' });
  });

  it('is the earlier of ttl and until', async () => {
    await startSession({ ttl: '2h', until: '2026-11-23T14:30:00+01:00' });

    expect(await getLifetime()).toMatchObject({ endsAt: '2026-11-23T13:30:00.000Z' });
  });

  it('makes one stop of two timer events and a reconcile pass', async () => {
    await startSession({ ttl: '1h' });
    const end = getTimerEvent('end');
    world.passTime(hour);

    await Promise.all([deliverTimerEvent(end, world.ports), deliverTimerEvent(end, world.ports)]);
    await reconcile();
    await runWorkflows();
    await deliverTimerEvent(end, world.ports);

    expect(listStops()).toHaveLength(1);
    expect(world.store.writtenTransitions.filter(({ to }) => to === 'STOPPING')).toHaveLength(1);
  });

  it('ignores a late timer event after an extension', async () => {
    await startSession({ ttl: '1h' });
    const late = getTimerEvent('end');
    await extend({ ttl: '3h' });
    world.passTime(2 * hour);

    await deliverTimerEvent(late, world.ports);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
    expect(listStops()).toEqual([]);
  });

  it('ignores a timer event of an earlier incarnation', async () => {
    await startSession({ ttl: '1h' });
    const late = getTimerEvent('end');
    await sendHttp('stop', { clusterId }, world);
    await runWorkflows();
    await startSession({ ttl: '1h' });
    world.passTime(2 * hour);

    await deliverTimerEvent(late, world.ports);

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('ignores an early timer event', async () => {
    await startSession({ ttl: '1h' });

    await handleTimerEvent('end');

    expect(await getCluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('leaves no timer when the cluster was stopped before', async () => {
    await startSession({ ttl: '1h' });

    await sendHttp('stop', { clusterId }, world);
    await runWorkflows();

    expect(listTimerEvents()).toEqual([]);
  });

  it('is counted from the start of the cluster, not from its place in the queue', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await sendHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await sendHttp('deploy', { clusterId, data: { mode: 'session', lifetime: { ttl: '1h' } } }, world);
    await runWorkflows();
    world.passTime(2 * hour);
    expect(await getCluster()).toMatchObject({ state: 'QUEUED', lifetime: { ttl: '1h' } });

    await sendHttp('stop', { clusterId: 'other' }, world);
    await runWorkflows();
    await world.ports.admissionQueue.send('local');
    await runQueues(world);

    const { startedAt = '', endsAt = '' } = (await getLifetime()) ?? {};
    expect(Date.parse(endsAt) - Date.parse(startedAt)).toBe(hour * 1000);
    expect(startedAt > '2026-11-23T14:00').toBe(true);
  });

  it('fails a queued deploy at its until', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await sendHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    const lifetime = { until: '2026-11-23T13:00:00Z' };
    await sendHttp('deploy', { clusterId, data: { mode: 'session', lifetime } }, world);
    await runWorkflows();

    world.passTime(2 * hour);
    await reconcile();

    expect(await getCluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it('is the maximum age of the target when the deploy names none', async () => {
    limitTarget({ maxAge: '1d' });

    await startSession(undefined);

    expect(await getLifetime()).toMatchObject({ endsAt: '2026-11-24T12:00:00.000Z' });
  });
});
