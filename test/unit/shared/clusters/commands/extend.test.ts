import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { limitTarget, world } from '#test/unit/shared/clusters/fixture.ts';
import {
  extend,
  getLifetime,
  handleTimerEvent,
  hour,
  minute,
  startSession,
} from '#test/unit/shared/clusters/lifetime/fixture.ts';

describe('extend', () => {
  it.each([
    ['nothing', {}, 'malformed-request'],
    ['an until that is over', { until: '2026-11-23T11:00:00Z' }, 'malformed-request'],
    ['more than the target allows', { ttl: '1d' }, 'over-limit'],
  ])('rejects %s', async (_what, data, code) => {
    limitTarget({ maxAge: '1d' });
    await startSession({ ttl: '1h' });
    world.passTime(minute);

    expect(await extend(data)).toMatchObject({ outcome: 'rejected', code });
    expect(await getLifetime()).toMatchObject({ version: 1 });
  });

  it('gives a lifetime to a cluster without one', async () => {
    await startSession(undefined);

    await extend({ ttl: '2h', warnBefore: '5min' });

    expect(await getLifetime()).toMatchObject({ version: 1, endsAt: '2026-11-23T14:00:00.000Z', warnBefore: '5min' });
  });

  it('rejects a cluster that is STOPPING', async () => {
    await startSession({ ttl: '1h' });
    world.passTime(hour);
    await handleTimerEvent('end');

    expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
  });

  it('rejects a FAILED cluster without objects', async () => {
    world.kubernetes.startsAtOnce = false;
    await startSession({ ttl: '1h' });

    expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
  });

  it('is returned for a retry while the cluster is QUEUED', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await sendHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await startSession({ ttl: '1h' });

    expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'returned', code: 'not-ready' });
  });
});
