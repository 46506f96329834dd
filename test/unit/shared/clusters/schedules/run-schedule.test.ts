import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problem.ts';
import { deliverTimerEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import type { World } from '#test/fakes/world.ts';
import { getState, runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  callSchedules,
  evening,
  getTimerEvent,
  handleTimerEvent,
  listOperations,
  listRuns,
  startSession,
} from './fixture.ts';

describe('a schedule', () => {
  it('stops the clusters that fit, by its policy, and remembers it', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await startSession('two', { labels: { team: 'etl', kind: 'night' } });
    await startSession('other', { labels: { team: 'web' } });
    await callSchedules('PUT', 'evening', { ...evening, ha: 'purge' });

    await handleTimerEvent();
    await runWorkflows();

    expect([await getState('one'), await getState('two'), await getState('other')]).toEqual([
      'STOPPED',
      'STOPPED',
      'RUNNING',
    ]);
    expect(listOperations('stop')[0]?.value).toMatchObject({
      origin: 'schedule',
      request: { kind: 'stop', data: { ha: 'purge' } },
    });
    expect(await listRuns('evening')).toMatchObject([
      {
        scheduledAt: '2026-11-23T19:00:00.000Z',
        action: 'stop',
        results: [
          { clusterId: 'one', state: 'SUCCEEDED' },
          { clusterId: 'two', state: 'SUCCEEDED' },
        ],
      },
    ]);
  });

  it('stops by mode', async () => {
    await startSession('one');
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    await sendHttp('deploy', { clusterId: 'app', data: { mode: 'application', job } }, world);
    await runWorkflows();
    await callSchedules('PUT', 'evening', { ...evening, selector: { mode: 'session' } });

    await handleTimerEvent();
    await runWorkflows();

    expect([await getState('one'), await getState('app')]).toEqual(['STOPPED', 'RUNNING']);
  });

  it('makes one stop of two firings of one time, also at once', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', evening);

    await Promise.all([handleTimerEvent(), handleTimerEvent()]);
    await runWorkflows();
    await handleTimerEvent();

    expect(listOperations('stop')).toHaveLength(1);
    expect(await listRuns('evening')).toHaveLength(1);
  });

  it('goes on with the same clusters when its function died in the middle', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await startSession('two', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', evening);
    const { workflows: whole } = world.ports;
    let starts = 0;
    const failing = {
      ...world.ports,
      workflows: {
        start: async (...args: Parameters<typeof whole.start>) => {
          if ((starts += 1) === 2) throw new Error('Step Functions does not answer');
          return whole.start(...args);
        },
      },
    };

    await expect(deliverTimerEvent(getTimerEvent(), failing)).rejects.toThrow('Step Functions');
    const between = await listRuns('evening');
    await handleTimerEvent();
    await runWorkflows();

    expect(listOperations('stop')).toHaveLength(2);
    expect(between[0]?.results.filter((result) => 'operationId' in result)).toHaveLength(1);
    expect((await listRuns('evening'))[0]?.results).toMatchObject([{ clusterId: 'one' }, { clusterId: 'two' }]);
  });

  it('does not stop another life of the same id when it comes again', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', evening);
    const get = async () => {
      throw new Fault('limit-reached', 'too many');
    };
    const failing = { ...world.ports, targets: { ...world.ports.targets, get } } as unknown as World['ports'];
    await expect(deliverTimerEvent(getTimerEvent(), failing)).rejects.toThrow(Fault);
    await sendHttp('stop', { clusterId: 'one' }, world);
    await runWorkflows();
    await startSession('one');

    await handleTimerEvent();

    expect(await getState('one')).toBe('RUNNING');
    expect(await listRuns('evening')).toMatchObject([{ results: [{ clusterId: 'one', code: 'superseded' }] }]);
  });

  it('says for which cluster it was refused, and comes again where that may pass', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId: 'two', data: { ...session, labels: { team: 'etl' } } }, world);
    await callSchedules('PUT', 'evening', { ...evening, savepoint: 'required' });

    await expect(handleTimerEvent()).rejects.toThrow(Fault);
    expect(await listRuns('evening')).not.toMatchObject([{ endedAt: expect.anything() }]);
    await deliverTimerEvent(getTimerEvent(), world.ports, 5);

    expect(await listRuns('evening')).toMatchObject([
      { endedAt: expect.any(String), results: [{ clusterId: 'two', code: 'not-ready' }, { clusterId: 'one' }] },
    ]);
    expect(listOperations('stop')).toHaveLength(1);
  });

  it('is missed when its firing is more than an hour late, and says so', async () => {
    await callSchedules('PUT', 'evening', evening);
    world.passTime(24 * 3600);
    await startSession('morning', { labels: { team: 'etl' } });

    await handleTimerEvent('2026-11-23T19:00:00Z');
    await handleTimerEvent('2026-11-23T19:00:00Z');

    expect(await getState('morning')).toBe('RUNNING');
    expect(await listRuns('evening')).toMatchObject([
      { scheduledAt: '2026-11-23T19:00:00.000Z', results: [], missed: expect.stringContaining('late') },
    ]);
  });

  it('leaves what a late repetition still had to do, and what it did is still to be read', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId: 'two', data: { ...session, labels: { team: 'etl' } } }, world);
    await callSchedules('PUT', 'evening', { ...evening, savepoint: 'required' });
    await expect(handleTimerEvent()).rejects.toThrow(Fault);
    world.kubernetes.startsAtOnce = true;
    world.passTime(24 * 3600);

    await handleTimerEvent();

    expect(listOperations('stop')).toHaveLength(1);
    expect(await listRuns('evening')).toMatchObject([
      { missed: expect.any(String), results: [{ clusterId: 'two', code: 'not-ready' }, { clusterId: 'one' }] },
    ]);
  });

  it('does nothing while it is disabled', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', { ...evening, enabled: false });

    await handleTimerEvent();

    expect(await getState('one')).toBe('RUNNING');
    expect([...world.timers.recurring.values()]).toMatchObject([{ enabled: false }]);
  });

  it('does nothing at a firing of an earlier revision, and puts the scheduler right', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', evening);
    const late = getTimerEvent();
    await callSchedules('PUT', 'evening', { ...evening, expression: 'rate(2 hours)' });
    world.timers.recurring.clear();

    await deliverTimerEvent(late, world.ports);

    expect(await getState('one')).toBe('RUNNING');
    expect([...world.timers.recurring.values()]).toMatchObject([{ expression: 'rate(2 hours)' }]);
  });

  it('is named by the message where the scheduler fills no time in', async () => {
    await callSchedules('PUT', 'evening', evening);

    await handleTimerEvent('<aws.scheduler.scheduled-time>');

    expect(await listRuns('evening')).toMatchObject([{ scheduledAt: '2026-11-24T12:00:00.000Z', results: [] }]);
  });
});
