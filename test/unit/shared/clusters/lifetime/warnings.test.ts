import { describe, expect, it } from 'vitest';

import { world } from '#test/unit/shared/clusters/fixture.ts';

import {
  extend,
  handleTimerEvent,
  listTimerEvents,
  listWarnings,
  minute,
  reconcileMinutes,
  startSession,
} from './fixture.ts';

describe('the warning before the end of a lifetime', () => {
  it('is published once, by a timer event or a reconcile pass', async () => {
    await startSession({ ttl: '1h' });
    world.passTime(50 * minute);

    await handleTimerEvent('warning');
    await handleTimerEvent('warning');
    await reconcileMinutes(5);

    expect(listWarnings()).toEqual([{ reason: 'LifetimeEnds', version: 1, endsAt: '2026-11-23T13:00:00.000Z' }]);
  });

  it('is published again after an extension', async () => {
    await startSession({ ttl: '1h', warnBefore: '20min' });
    await reconcileMinutes(45);
    await extend({ ttl: '1h' });
    await reconcileMinutes(45);

    expect(listWarnings().map(({ version }) => version)).toEqual([1, 2]);
  });

  it('is published at once when the lifetime is shorter than warnBefore', async () => {
    await startSession({ ttl: '5min' });

    expect(listWarnings()).toHaveLength(1);
  });

  it('is not published with a warnBefore of zero', async () => {
    await startSession({ ttl: '1h', warnBefore: '0s' });
    await reconcileMinutes(59);

    expect(listWarnings()).toEqual([]);
    expect(listTimerEvents().map(({ kind }) => kind)).toEqual(['end']);
  });
});
