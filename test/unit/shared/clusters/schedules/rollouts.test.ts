import { expect, it } from 'vitest';

import { getCluster, getState, runWorkflows, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import { callSchedules, every, getTimerEvent, handleTimerEvent, listRuns, startSession } from './fixture.ts';

const selected = { expression: every, selector: { labels: { team: 'etl' } } };

it('a schedule suspends the running clusters, and another one resumes them', async () => {
  await startSession('one', { labels: { team: 'etl' } });
  await startSession('two', { labels: { team: 'etl' } });
  await startSession('other');
  await callSchedules('PUT', 'evening', { ...selected, action: 'suspend', savepointDirectory });
  await handleTimerEvent();
  await runWorkflows();

  expect([await getState('one'), await getState('two'), await getState('other')]).toEqual([
    'SUSPENDED',
    'SUSPENDED',
    'RUNNING',
  ]);
  expect(await listRuns('evening')).toMatchObject([
    {
      action: 'suspend',
      results: [
        { clusterId: 'one', state: 'SUCCEEDED' },
        { clusterId: 'two', state: 'SUCCEEDED' },
      ],
    },
  ]);

  world.timers.recurring.clear();
  await callSchedules('PUT', 'morning', { ...selected, action: 'resume', stableWithin: '10s' });
  await handleTimerEvent('2026-11-24T07:00:00Z');
  await runWorkflows();

  expect(await getCluster('one')).toMatchObject({ state: 'RUNNING', revision: 2 });
  expect(await getState('two')).toBe('RUNNING');
  expect(getTimerEvent()).toMatchObject({ name: 'morning' });
});

it('a stop by a schedule leaves a suspended cluster as it is', async () => {
  await startSession('one', { labels: { team: 'etl' } });
  await callSchedules('PUT', 'suspended', { ...selected, action: 'suspend', savepointDirectory });
  await handleTimerEvent();
  await runWorkflows();

  world.timers.recurring.clear();
  await callSchedules('PUT', 'evening', { ...selected, action: 'stop' });
  await handleTimerEvent('2026-11-24T20:00:00Z');
  await runWorkflows();

  expect(await getState('one')).toBe('SUSPENDED');
});
