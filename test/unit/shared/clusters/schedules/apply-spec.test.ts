import { describe, expect, it } from 'vitest';

import { runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

import { callSchedules, callSpecs, every, handleTimerEvent, listOperations, listRuns, office } from './fixture.ts';

describe('a schedule that applies a spec', () => {
  const weekly = { action: 'apply', expression: every, spec: 'office', stableWithin: '10s' };

  it('deploys it first, changes its cluster when the spec has changed, and leaves it as it is otherwise', async () => {
    await callSpecs('PUT', 'office', office);
    await callSchedules('PUT', 'weekly', weekly);
    await handleTimerEvent('2026-11-23T19:00:00Z');
    await runWorkflows();
    await handleTimerEvent('2026-11-24T19:00:00Z');
    await runWorkflows();
    await callSpecs('PUT', 'office', { ...office, labels: { team: 'web' } });
    await handleTimerEvent('2026-11-25T19:00:00Z');
    await runWorkflows();

    expect(await listRuns('weekly')).toMatchObject([
      { action: 'apply', results: [{ clusterId: 'office', state: 'SUCCEEDED' }] },
      { results: [{ clusterId: 'office', unchanged: true }] },
      { results: [{ clusterId: 'office', state: 'SUCCEEDED' }] },
    ]);
    expect(listOperations('apply')).toMatchObject([
      { value: { origin: 'schedule', state: 'SUCCEEDED' } },
      { value: { origin: 'schedule', state: 'SUCCEEDED', rollout: { to: 2 } } },
    ]);
  });

  it('applies once for each scheduled time', async () => {
    await callSpecs('PUT', 'office', office);
    await callSchedules('PUT', 'weekly', weekly);

    await Promise.all([handleTimerEvent(), handleTimerEvent()]);
    await runWorkflows();

    expect(listOperations('apply')).toHaveLength(1);
  });

  it('is refused for a spec that names no cluster, and says so in its run when the spec has lost its name', async () => {
    await callSpecs('PUT', 'nameless', session);
    const refused = await callSchedules('PUT', 'weekly', { ...weekly, spec: 'nameless' });
    await callSpecs('PUT', 'office', office);
    await callSchedules('PUT', 'weekly', weekly);
    await callSpecs('PUT', 'office', session);
    await handleTimerEvent();

    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '/spec' }] } });
    expect(await listRuns('weekly')).toMatchObject([{ results: [{ code: 'malformed-request' }] }]);
    expect(world.store.operations.size).toBe(0);
  });

  it('keeps its spec from removal', async () => {
    await callSpecs('PUT', 'office', office);
    await callSchedules('PUT', 'weekly', weekly);

    expect(await callSpecs('DELETE', 'office')).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
  });
});
