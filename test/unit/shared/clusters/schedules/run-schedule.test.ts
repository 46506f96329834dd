import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
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

describe('a run of a schedule', () => {
  it('stops the selected clusters with its options, and is recorded', async () => {
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

  it('rescales the live jobs of the selected clusters, each once', async () => {
    const [jobs, bounds] = [['1', '2', '3'].map((digit) => digit.repeat(32)), new Map<string, number | undefined>()];
    await startSession('one', { labels: { team: 'etl' } });
    await startSession('other', { labels: { team: 'web' } });
    for (const [index, jobId] of jobs.entries()) {
      const { flink } = world.kubernetes.cluster(jobId.startsWith('3') ? 'other' : 'one');
      flink.addJob(jobId, { scaling: newScaling(1), state: index === 1 ? 'FINISHED' : 'RUNNING' });
    }
    for (const clusterId of ['one', 'other']) await observeJobs({ target: 'local', clusterId }, world.ports);
    await callSchedules('PUT', 'peak', { ...evening, action: 'rescale', parallelism: 4 });

    await handleTimerEvent();
    await handleTimerEvent();
    await runWorkflows();

    for (const clusterId of ['one', 'other'])
      for (const [jobId, { scaling }] of world.kubernetes.cluster(clusterId).flink.jobs)
        bounds.set(jobId, scaling?.vertices[0]?.bounds.upperBound);
    expect(jobs.map((jobId) => bounds.get(jobId))).toEqual([4, 1, 1]);
    expect(listOperations('rescale')).toHaveLength(1);
    expect(listOperations('rescale')[0]?.value).toMatchObject({ origin: 'schedule', jobId: jobs[0] });
    expect(await listRuns('peak')).toMatchObject([
      { action: 'rescale', results: [{ clusterId: 'one', jobId: jobs[0], state: 'SUCCEEDED' }] },
    ]);
  });

  it('does not rescale a job of a later incarnation', async () => {
    const jobId = '1'.repeat(32);
    const addJob = () => {
      world.kubernetes.cluster('one').flink.addJob(jobId, { scaling: newScaling(1) });
      return observeJobs({ target: 'local', clusterId: 'one' }, world.ports);
    };
    await startSession('one', { labels: { team: 'etl' } });
    await addJob();
    await callSchedules('PUT', 'peak', { ...evening, action: 'rescale', parallelism: 4 });
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      await commit(change);
      if (change.run?.previous !== undefined || change.run === undefined) return;
      await sendHttp('stop', { clusterId: 'one' }, world);
      await runWorkflows();
      await startSession('one', { labels: { team: 'etl' } });
      await addJob();
    };

    await handleTimerEvent();

    expect(await listRuns('peak')).toMatchObject([{ results: [{ jobId, code: 'superseded' }] }]);
  });

  it('selects clusters by mode', async () => {
    await startSession('one');
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    await sendHttp('deploy', { clusterId: 'app', data: { mode: 'application', job } }, world);
    await runWorkflows();
    await callSchedules('PUT', 'evening', { ...evening, selector: { mode: 'session' } });

    await handleTimerEvent();
    await runWorkflows();

    expect([await getState('one'), await getState('app')]).toEqual(['STOPPED', 'RUNNING']);
  });

  it('makes one stop of two timer events for one time, also at the same moment', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', evening);

    await Promise.all([handleTimerEvent(), handleTimerEvent()]);
    await runWorkflows();
    await handleTimerEvent();

    expect(listOperations('stop')).toHaveLength(1);
    expect(await listRuns('evening')).toHaveLength(1);
  });

  it('continues with the same clusters after its function died', async () => {
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

  it('does not stop another incarnation when its timer event is repeated', async () => {
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

  it('records the cluster of a rejected stop, and retries a retryable failure', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId: 'two', data: { ...session, labels: { team: 'etl' } } }, world);
    await callSchedules('PUT', 'evening', { ...evening, savepoint: 'required' });

    await expect(handleTimerEvent()).rejects.toThrow(Fault);
    expect(await listRuns('evening')).not.toMatchObject([{ endedAt: expect.anything() }]);
    await deliverTimerEvent(getTimerEvent(), world.ports, 5);

    expect(await listRuns('evening')).toMatchObject([
      { endedAt: expect.any(String), results: [{ clusterId: 'one' }, { clusterId: 'two', code: 'not-ready' }] },
    ]);
    expect(listOperations('stop')).toHaveLength(1);
  });

  it('is recorded as missed when its timer event is more than an hour late', async () => {
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

  it('ends at a late repetition, and keeps the results that it has', async () => {
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
      { missed: expect.any(String), results: [{ clusterId: 'one' }, { clusterId: 'two', code: 'not-ready' }] },
    ]);
  });

  it('does nothing while the schedule is disabled', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', { ...evening, enabled: false });

    await handleTimerEvent();

    expect(await getState('one')).toBe('RUNNING');
    expect([...world.timers.recurring.values()]).toMatchObject([{ enabled: false }]);
  });

  it('does nothing for an earlier revision, and corrects the scheduler', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', evening);
    const late = getTimerEvent();
    await callSchedules('PUT', 'evening', { ...evening, expression: 'rate(2 hours)' });
    world.timers.recurring.clear();

    await deliverTimerEvent(late, world.ports);

    expect(await getState('one')).toBe('RUNNING');
    expect([...world.timers.recurring.values()]).toMatchObject([{ expression: 'rate(2 hours)' }]);
  });

  it('has the id of the message when the scheduler gives no time', async () => {
    await callSchedules('PUT', 'evening', evening);

    await handleTimerEvent('<aws.scheduler.scheduled-time>');

    expect(await listRuns('evening')).toMatchObject([{ scheduledAt: '2026-11-24T12:00:00.000Z', results: [] }]);
  });
});
