import { describe, expect, it } from 'vitest';

import { describeCause, findLastChanged, sortEvents } from '../../../../dashboard/model/clusters/last-events.ts';
import { makeCluster } from '../../support/fixtures.ts';
import { makeTransition } from '../../support/schedule-fixtures.ts';

describe('the last events', () => {
  it('are those of the clusters that changed last', () => {
    const clusters = [
      makeCluster({ clusterId: 'old', updatedAt: '2026-11-30T01:00:00Z' }),
      makeCluster({ clusterId: 'new', updatedAt: '2026-11-30T03:00:00Z' }),
      makeCluster({ clusterId: 'middle', updatedAt: '2026-11-30T02:00:00Z' }),
    ];
    expect(findLastChanged(clusters, 2).map(({ clusterId }) => clusterId)).toEqual(['new', 'middle']);
  });

  it('are in order, also those of one time', () => {
    const events = [
      makeTransition({ id: 'a', sequence: 1, at: '2026-11-30T01:00:00Z' }),
      makeTransition({ id: 'b', sequence: 2, at: '2026-11-30T02:00:00Z' }),
      makeTransition({ id: 'c', sequence: 3, at: '2026-11-30T02:00:00Z' }),
    ];
    expect(sortEvents(events, 2).map(({ id }) => id)).toEqual(['c', 'b']);
  });

  it('have their cause', () => {
    expect(describeCause({ reason: 'Ready', message: 'It responds.' })).toBe('Ready: It responds.');
    expect(describeCause({})).toBe('');
  });
});
