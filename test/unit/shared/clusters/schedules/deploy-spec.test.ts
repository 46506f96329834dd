import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getState, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  callSchedules,
  callSpecs,
  handleTimerEvent,
  listOperations,
  listRuns,
  office,
  startSession,
} from './fixture.ts';

describe('a schedule that deploys a spec', () => {
  const morning = { action: 'deploy', expression: 'cron(0 7 ? * MON-FRI *)', spec: 'office' };

  it('is rejected without its spec', async () => {
    expect(await callSchedules('PUT', 'morning', morning)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('deploys the spec once for each scheduled time', async () => {
    await callSpecs('PUT', 'office', office);
    await callSchedules('PUT', 'morning', morning);

    await Promise.all([handleTimerEvent(), handleTimerEvent()]);
    await runWorkflows();

    expect(await getState('office')).toBe('RUNNING');
    expect(listOperations('deploy')).toMatchObject([{ value: { origin: 'schedule' } }]);
    expect(await listRuns('morning')).toMatchObject([{ results: [{ clusterId: 'office', state: 'SUCCEEDED' }] }]);
  });

  it('records that the cluster already exists, or that the spec is gone', async () => {
    await callSpecs('PUT', 'office', office);
    await callSchedules('PUT', 'morning', morning);
    await startSession('office');
    await handleTimerEvent('2026-11-24T06:00:00Z');
    await world.specs.remove('local', 'office');
    await handleTimerEvent('2026-11-25T06:00:00Z');

    expect(await listRuns('morning')).toMatchObject([
      { results: [{ code: 'not-found' }] },
      { results: [{ clusterId: 'office', code: 'id-taken' }] },
    ]);
  });

  it('is queued like every other deploy', async () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
    await startSession('other');
    await callSpecs('PUT', 'office', office);
    await callSchedules('PUT', 'morning', morning);

    await handleTimerEvent();
    expect(await getState('office')).toBe('QUEUED');
    await sendHttp('stop', { clusterId: 'other' }, world);
    await runWorkflows();
    await world.ports.admissionQueue.send('local');
    await runQueues(world);
    await runWorkflows();

    expect(await getState('office')).toBe('RUNNING');
  });
});
