import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getLastOperation,
  limitTarget,
  reconcile,
  session,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { extend, getLifetime, listTimerEvents, minute, startSession } from './fixture.ts';

describe.each(origins)('a deploy with a lifetime from %s', (_origin, send) => {
  it('records its end, and schedules the timer events of the warning and the end', async () => {
    await startSession({ ttl: '2h', savepoint: 'best-effort' }, send);

    expect(await getLifetime()).toMatchObject({
      version: 1,
      ttl: '2h',
      endsAt: '2026-11-23T14:00:00.000Z',
      savepoint: 'best-effort',
      scheduledVersion: 1,
    });
    expect([...world.timers.oneTime.values()].map(({ at, timerEvent: { kind } }) => [kind, at.toISOString()])).toEqual([
      ['warning', '2026-11-23T13:50:00.000Z'],
      ['end', '2026-11-23T14:00:00.000Z'],
    ]);
  });

  it.each([
    [{ ttl: '2 hours' }, 'malformed-request', '/lifetime/ttl'],
    [{ until: '2026-11-23T11:59:00Z' }, 'malformed-request', '/lifetime/until'],
    [{ ttl: '2d' }, 'over-limit', '/lifetime/ttl'],
    [{ until: '2026-11-25T12:00:00Z' }, 'over-limit', '/lifetime/until'],
  ])('is rejected with %j where the maximum age is one day', async (lifetime, code, pointer) => {
    limitTarget({ maxAge: '1d' });

    const outcome = await startSession(lifetime, send);

    expect(outcome).toMatchObject({ outcome: 'rejected', code, pointers: [pointer] });
    expect(await getCluster()).toBeUndefined();
  });

  it('gets a new end with a new version by extend', async () => {
    await startSession({ ttl: '1h', savepoint: 'required' }, send);
    world.passTime(30 * minute);

    const outcome = await extend({ ttl: '1h' }, send);
    await reconcile();

    expect(outcome.outcome).toBe('done');
    expect(await getLifetime()).toMatchObject({
      version: 2,
      endsAt: '2026-11-23T13:30:00.000Z',
      savepoint: 'required',
      scheduledVersion: 2,
    });
    expect(listTimerEvents().map((one) => ('version' in one ? one.version : 0))).toEqual([2, 2]);
  });
});

describe('an invalid lifetime', () => {
  it('is reported by a plan', async () => {
    const data = commands.deploy.data.parse({ mode: 'session', lifetime: { ttl: '2d' } });
    limitTarget({ maxAge: '1d' });

    await expect(planDeploy('local', data, world.ports)).rejects.toMatchObject({ code: 'over-limit' });
  });

  it('is reported for the template of a batch', async () => {
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    const template = { mode: 'application', job, lifetime: { ttl: '2h', idleAfter: '1h' } };

    const outcome = await sendHttp('batch', { data: { name: 'rows', template, parameters: [{}] } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', pointers: ['/template/lifetime/idleAfter'] });
  });
});

describe('a lifetime with required savepoints', () => {
  const lifetime = { ttl: '2h', savepoint: 'required' };

  it.each([
    [{}, 1],
    [{ config: { 'state.savepoints.dir': 's3://b/s' } }, 0],
    [{ lifetime: { ...lifetime, savepointDirectory: 's3://b/s' } }, 0],
  ])('has a warning when no directory is known: %j', async (fields, count) => {
    await sendHttp('deploy', { clusterId, data: { ...session, lifetime, ...fields } }, world);

    const warnings = getLastOperation()?.warnings ?? [];
    expect(warnings.filter((text) => text.includes('no savepoint directory'))).toHaveLength(count);
  });
});
