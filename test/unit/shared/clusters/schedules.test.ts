import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { maintenanceHandler } from '#functions/maintenance.ts';
import { schedulesHandler } from '#functions/schedules.ts';
import { specsHandler } from '#functions/specs.ts';
import { Fault } from '#events/problem.ts';
import type { ScheduleTimerEvent } from '#shared/clusters/model/timer-event.ts';

import {
  answerOf,
  doors,
  httpEvent,
  jarBytes,
  letIn,
  makeWorld,
  throughFirings,
  type World,
} from '../../../fakes/world.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const session = { mode: 'session' };
const office = { ...session, clusterId: 'office', labels: { team: 'etl' } };
const [, throughHttp] = doors[0]!;
const every = 'cron(0 20 ? * MON-FRI *)';
const evening = { action: 'stop', expression: every, timezone: 'Europe/Berlin', selector: { labels: { team: 'etl' } } };

let world: World;
beforeEach(() => {
  world = makeWorld();
  world.jars.held.set(jar, jarBytes);
});

const calling =
  (handler: typeof schedulesHandler | typeof specsHandler, what: string) =>
  (method: string, name?: string, body?: unknown, rest = '') =>
    answerOf(
      handler(world.ports),
      httpEvent(
        `${method} /v1/targets/{target}/${what}${name === undefined ? '' : `/{name}${rest}`}`,
        { target: 'local', ...(name === undefined ? {} : { name }) },
        { body },
      ),
    );
const schedules = calling(schedulesHandler, 'schedules');
const specs = calling(specsHandler, 'specs');
const runs = async (name: string) =>
  (await schedules('GET', name, undefined, '/runs')).body['runs'] as { results: object[]; scheduledAt: string }[];
const workflows = () => world.workflows.runAll(world.ports);
const started = async (clusterId: string, fields: object = {}) => {
  await throughHttp('deploy', { clusterId, data: { ...session, ...fields } }, world);
  await workflows();
};
const stateOf = async (clusterId: string) => (await world.store.cluster({ target: 'local', clusterId }))?.value.state;
/** What the scheduler sends, as of its last definition. */
const timerEvent = (scheduledAt: string | undefined = '2026-11-23T19:00:00Z'): ScheduleTimerEvent => {
  const [timer] = world.timers.repeating.values();
  if (timer === undefined) throw new Error('nothing repeats');
  return { ...timer.timerEvent, ...(scheduledAt === undefined ? {} : { scheduledAt }) };
};
const handleTimerEvent = (scheduledAt?: string) => throughFirings(timerEvent(scheduledAt), world.ports);
const operations = (kind: string) => [...world.store.operations.values()].filter(({ value }) => value.kind === kind);

describe('a schedule', () => {
  it('is stored, listed and handed to the scheduler', async () => {
    const put = await schedules('PUT', 'evening', evening);

    expect(put).toMatchObject({
      status: 200,
      body: { name: 'evening', definition: { enabled: true, savepoint: 'none' } },
    });
    expect((await schedules('GET')).body).toMatchObject({ schedules: [{ name: 'evening' }] });
    expect((await schedules('GET', 'evening')).body).toMatchObject({ target: 'local' });
    expect([...world.timers.repeating.values()]).toMatchObject([
      { expression: every, timezone: 'Europe/Berlin', enabled: true, description: 'targets/local/schedules/evening' },
    ]);
  });

  it.each([
    [{ ...evening, expression: 'every evening' }, '/expression'],
    [{ ...evening, expression: 'cron(0 20 * * MON-FRI *)' }, '/expression'],
    [{ ...evening, expression: 'at(2026-11-24T20:00:00)' }, '/expression'],
    [{ ...evening, expression: 'rate(1 week)' }, '/expression'],
    [{ ...evening, expression: 'cron(99 20 ? * MON-FRI *)' }, ''],
    [{ ...evening, timezone: 'Berlin' }, '/timezone'],
    [{ ...evening, selector: undefined }, '/selector'],
    [{ ...evening, spec: 'office' }, '/spec'],
  ])('is refused as %j, and nothing is left of it', async (body, pointer) => {
    const put = await schedules('PUT', 'evening', body);

    expect(put).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } });
    expect((await schedules('GET', 'evening')).status).toBe(404);
    expect(world.timers.repeating.size).toBe(0);
  });

  it('stops the clusters that fit, by its policy, and remembers it', async () => {
    await started('one', { labels: { team: 'etl' } });
    await started('two', { labels: { team: 'etl', kind: 'night' } });
    await started('other', { labels: { team: 'web' } });
    await schedules('PUT', 'evening', { ...evening, ha: 'purge' });

    await handleTimerEvent();
    await workflows();

    expect([await stateOf('one'), await stateOf('two'), await stateOf('other')]).toEqual([
      'STOPPED',
      'STOPPED',
      'RUNNING',
    ]);
    expect(operations('stop')[0]?.value).toMatchObject({
      origin: 'schedule',
      request: { kind: 'stop', data: { ha: 'purge' } },
    });
    expect(await runs('evening')).toMatchObject([
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
    await started('one');
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    await throughHttp('deploy', { clusterId: 'app', data: { mode: 'application', job } }, world);
    await workflows();
    await schedules('PUT', 'evening', { ...evening, selector: { mode: 'session' } });

    await handleTimerEvent();
    await workflows();

    expect([await stateOf('one'), await stateOf('app')]).toEqual(['STOPPED', 'RUNNING']);
  });

  it('makes one stop of two firings of one time, also at once', async () => {
    await started('one', { labels: { team: 'etl' } });
    await schedules('PUT', 'evening', evening);

    await Promise.all([handleTimerEvent(), handleTimerEvent()]);
    await workflows();
    await handleTimerEvent();

    expect(operations('stop')).toHaveLength(1);
    expect(await runs('evening')).toHaveLength(1);
  });

  it('goes on with the same clusters when its function died in the middle', async () => {
    await started('one', { labels: { team: 'etl' } });
    await started('two', { labels: { team: 'etl' } });
    await schedules('PUT', 'evening', evening);
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

    await expect(throughFirings(timerEvent(), failing)).rejects.toThrow('Step Functions');
    const between = await runs('evening');
    await handleTimerEvent();
    await workflows();

    expect(operations('stop')).toHaveLength(2);
    expect(between[0]?.results.filter((result) => 'operationId' in result)).toHaveLength(1);
    expect((await runs('evening'))[0]?.results).toMatchObject([{ clusterId: 'one' }, { clusterId: 'two' }]);
  });

  it('does not stop another life of the same id when it comes again', async () => {
    await started('one', { labels: { team: 'etl' } });
    await schedules('PUT', 'evening', evening);
    const get = async () => {
      throw new Fault('limit-reached', 'too many');
    };
    const failing = { ...world.ports, targets: { ...world.ports.targets, get } } as unknown as World['ports'];
    await expect(throughFirings(timerEvent(), failing)).rejects.toThrow(Fault);
    await throughHttp('stop', { clusterId: 'one' }, world);
    await workflows();
    await started('one');

    await handleTimerEvent();

    expect(await stateOf('one')).toBe('RUNNING');
    expect(await runs('evening')).toMatchObject([{ results: [{ clusterId: 'one', code: 'superseded' }] }]);
  });

  it('says for which cluster it was refused, and comes again where that may pass', async () => {
    await started('one', { labels: { team: 'etl' } });
    world.kubernetes.startsAtOnce = false;
    await throughHttp('deploy', { clusterId: 'two', data: { ...session, labels: { team: 'etl' } } }, world);
    await schedules('PUT', 'evening', { ...evening, savepoint: 'required' });

    await expect(handleTimerEvent()).rejects.toThrow(Fault);
    expect(await runs('evening')).not.toMatchObject([{ endedAt: expect.anything() }]);
    await throughFirings(timerEvent(), world.ports, 5);

    expect(await runs('evening')).toMatchObject([
      { endedAt: expect.any(String), results: [{ clusterId: 'two', code: 'not-ready' }, { clusterId: 'one' }] },
    ]);
    expect(operations('stop')).toHaveLength(1);
  });

  it('is missed when its firing is more than an hour late, and says so', async () => {
    await schedules('PUT', 'evening', evening);
    world.pass(24 * 3600);
    await started('morning', { labels: { team: 'etl' } });

    await handleTimerEvent('2026-11-23T19:00:00Z');
    await handleTimerEvent('2026-11-23T19:00:00Z');

    expect(await stateOf('morning')).toBe('RUNNING');
    expect(await runs('evening')).toMatchObject([
      { scheduledAt: '2026-11-23T19:00:00.000Z', results: [], missed: expect.stringContaining('late') },
    ]);
  });

  it('leaves what a late repetition still had to do, and what it did is still to be read', async () => {
    await started('one', { labels: { team: 'etl' } });
    world.kubernetes.startsAtOnce = false;
    await throughHttp('deploy', { clusterId: 'two', data: { ...session, labels: { team: 'etl' } } }, world);
    await schedules('PUT', 'evening', { ...evening, savepoint: 'required' });
    await expect(handleTimerEvent()).rejects.toThrow(Fault);
    world.kubernetes.startsAtOnce = true;
    world.pass(24 * 3600);

    await handleTimerEvent();

    expect(operations('stop')).toHaveLength(1);
    expect(await runs('evening')).toMatchObject([
      { missed: expect.any(String), results: [{ clusterId: 'two', code: 'not-ready' }, { clusterId: 'one' }] },
    ]);
  });

  it('does nothing while it is disabled', async () => {
    await started('one', { labels: { team: 'etl' } });
    await schedules('PUT', 'evening', { ...evening, enabled: false });

    await handleTimerEvent();

    expect(await stateOf('one')).toBe('RUNNING');
    expect([...world.timers.repeating.values()]).toMatchObject([{ enabled: false }]);
  });

  it('does nothing at a firing of an earlier revision, and puts the scheduler right', async () => {
    await started('one', { labels: { team: 'etl' } });
    await schedules('PUT', 'evening', evening);
    const late = timerEvent();
    await schedules('PUT', 'evening', { ...evening, expression: 'rate(2 hours)' });
    world.timers.repeating.clear();

    await throughFirings(late, world.ports);

    expect(await stateOf('one')).toBe('RUNNING');
    expect([...world.timers.repeating.values()]).toMatchObject([{ expression: 'rate(2 hours)' }]);
  });

  it('is removed with what fires it; what it did can still be listed', async () => {
    await started('one', { labels: { team: 'etl' } });
    await schedules('PUT', 'evening', evening);
    await handleTimerEvent();
    const late = timerEvent('2026-11-24T19:00:00Z');

    expect(await schedules('DELETE', 'evening')).toMatchObject({ status: 200, body: { name: 'evening' } });
    await throughFirings(late, world.ports);

    expect(world.timers.repeating.size).toBe(0);
    expect((await schedules('GET', 'evening')).status).toBe(404);
    expect(await runs('evening')).toHaveLength(1);
    expect((await schedules('DELETE', 'evening')).status).toBe(404);
  });

  it.each([['evening'], ['another']])('is fired as it was when a change of it is not recorded: %s', async (name) => {
    await schedules('PUT', 'evening', evening);
    const before = [...world.timers.repeating.entries()];
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if (change.schedule !== undefined) throw new Error('the table does not answer');
      return commit(change);
    };

    expect(await schedules('PUT', name, { ...evening, expression: 'rate(2 hours)' })).toMatchObject({ status: 500 });

    expect([...world.timers.repeating.entries()]).toEqual(before);
  });

  it('is fired when it is put again while it is being removed', async () => {
    await schedules('PUT', 'evening', evening);
    const cancel = world.timers.cancel.bind(world.timers);
    world.timers.cancel = async (name) => {
      world.timers.cancel = cancel;
      await schedules('PUT', 'evening', { ...evening, expression: 'rate(2 hours)' });
      await cancel(name);
    };

    await schedules('DELETE', 'evening');

    expect((await schedules('GET', 'evening')).status).toBe(200);
    expect([...world.timers.repeating.values()]).toMatchObject([{ expression: 'rate(2 hours)' }]);
  });

  it('is put right each hour', async () => {
    await schedules('PUT', 'evening', evening);
    const before = [...world.timers.repeating.entries()];
    world.timers.repeating.clear();

    await maintenanceHandler(world.ports)({}, {} as Context); // It looks at nothing of it.

    expect([...world.timers.repeating.entries()]).toEqual(before);
  });

  it('tells the states of its newest thousand commands', async () => {
    await schedules('PUT', 'evening', evening);
    const operationId = 'a'.repeat(32);
    const results = Array.from({ length: 600 }, (_, index) => ({ clusterId: `c${index}`, operationId }));
    for (const runId of ['2026-11-22T19:00:00.000Z', '2026-11-23T19:00:00.000Z']) {
      const of = { target: 'local', name: 'evening', action: 'stop', scheduledAt: runId, startedAt: runId } as const;
      await world.store.commit({ run: { value: { ...of, runId, results }, previous: undefined } });
    }
    const reads = vi.spyOn(world.store, 'operation');

    const listed = await runs('evening');

    expect(listed.map((run) => run.results.length)).toEqual([600, 600]);
    expect(reads).toHaveBeenCalledTimes(1_000);
  });

  it('is named by the message where the scheduler fills no time in', async () => {
    await schedules('PUT', 'evening', evening);

    await handleTimerEvent('<aws.scheduler.scheduled-time>');

    expect(await runs('evening')).toMatchObject([{ scheduledAt: '2026-11-24T12:00:00.000Z', results: [] }]);
  });
});

describe('a schedule that deploys', () => {
  const morning = { action: 'deploy', expression: 'cron(0 7 ? * MON-FRI *)', spec: 'office' };

  it('needs its spec', async () => {
    expect(await schedules('PUT', 'morning', morning)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('starts the cluster of the spec, once for each time', async () => {
    await specs('PUT', 'office', office);
    await schedules('PUT', 'morning', morning);

    await Promise.all([handleTimerEvent(), handleTimerEvent()]);
    await workflows();

    expect(await stateOf('office')).toBe('RUNNING');
    expect(operations('deploy')).toMatchObject([{ value: { origin: 'schedule' } }]);
    expect(await runs('morning')).toMatchObject([{ results: [{ clusterId: 'office', state: 'SUCCEEDED' }] }]);
  });

  it('says so when the cluster is there already, or the spec no longer', async () => {
    await specs('PUT', 'office', office);
    await schedules('PUT', 'morning', morning);
    await started('office');
    await handleTimerEvent('2026-11-24T06:00:00Z');
    await world.specs.remove('local', 'office');
    await handleTimerEvent('2026-11-25T06:00:00Z');

    expect(await runs('morning')).toMatchObject([
      { results: [{ code: 'not-found' }] },
      { results: [{ clusterId: 'office', code: 'id-taken' }] },
    ]);
  });

  it('waits for its turn as every other deploy does', async () => {
    const target = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...target, limits: { clusters: 1 } });
    await started('other');
    await specs('PUT', 'office', office);
    await schedules('PUT', 'morning', morning);

    await handleTimerEvent();
    expect(await stateOf('office')).toBe('QUEUED');
    await throughHttp('stop', { clusterId: 'other' }, world);
    await workflows();
    await world.ports.admissionQueue.send('local');
    await letIn(world);
    await workflows();

    expect(await stateOf('office')).toBe('RUNNING');
  });
});

describe('a stored spec', () => {
  it('is put, got, listed without its content, and removed', async () => {
    const body = { ...office, config: { 'some.secret': 'hidden' } };

    expect(await specs('PUT', 'office', body)).toMatchObject({
      status: 200,
      body: { name: 'office', target: 'local' },
    });
    expect((await specs('GET', 'office')).body).toMatchObject({ deploy: body });
    const list = await specs('GET');
    expect(list.body).toMatchObject({ specs: [{ name: 'office' }] });
    expect(JSON.stringify(list.body)).not.toContain('hidden');
    expect((await specs('DELETE', 'office')).status).toBe(200);
    expect((await specs('GET', 'office')).status).toBe(404);
  });

  it('stays as long as schedules deploy it', async () => {
    await specs('PUT', 'office', office);
    const morning = { action: 'deploy', expression: every, spec: 'office' };
    await schedules('PUT', 'morning', { ...morning, enabled: false });
    await schedules('PUT', 'evening', evening);

    expect(await specs('DELETE', 'office')).toMatchObject({
      status: 409,
      body: { code: 'wrong-state', detail: expect.stringContaining('by schedule morning: delete or change it first') },
    });
    await schedules('DELETE', 'morning');
    expect((await specs('DELETE', 'office')).status).toBe(200);
  });

  it.each([
    [{ mode: 'session', config: { 'kubernetes.jobmanager.cpu.amount': 'lots' } }, 422, 'refused-option'],
    [{ mode: 'application' }, 422, 'refused-option'],
    [{ mode: 'session', taskToken: 'x' }, 400, 'malformed-request'],
    [{ mode: 'session', lifetime: { until: '2026-11-22T00:00:00Z' } }, 400, 'malformed-request'],
  ])('is refused for what its deploy would be refused for: %j', async (body, status, code) => {
    expect(await specs('PUT', 'office', body)).toMatchObject({ status, body: { code } });
    expect((await specs('GET', 'office')).status).toBe(404);
  });

  it.each(['Office', 'a/b', '-x', 'x'.repeat(64)])('is not named %s', async (name) => {
    expect(await specs('PUT', name, office)).toMatchObject({ status: 400 });
  });
});
