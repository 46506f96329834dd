import type { Context } from 'aws-lambda';
import { describe, expect, it, vi } from 'vitest';

import { maintenanceHandler } from '#functions/maintenance.ts';
import { deliverTimerEvent } from '#test/fakes/lambda.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

import { callSchedules, evening, every, getTimerEvent, handleTimerEvent, listRuns, startSession } from './fixture.ts';

describe('a schedule', () => {
  it('is stored, listed and set in the scheduler', async () => {
    const put = await callSchedules('PUT', 'evening', evening);

    expect(put).toMatchObject({
      status: 200,
      body: { name: 'evening', definition: { enabled: true, savepoint: 'none' } },
    });
    expect((await callSchedules('GET')).body).toMatchObject({ schedules: [{ name: 'evening' }] });
    expect((await callSchedules('GET', 'evening')).body).toMatchObject({ target: 'local' });
    expect([...world.timers.recurring.values()]).toMatchObject([
      { expression: every, timezone: 'Europe/Berlin', enabled: true, description: 'targets/local/schedules/evening' },
    ]);
  });

  it.each([
    [{ ...evening, expression: 'every evening' }, '/expression'],
    [{ ...evening, expression: 'cron(0 20 * * MON-FRI *)' }, '/expression'],
    [{ ...evening, expression: 'at(2026-11-24T20:00:00)' }, '/expression'],
    [{ ...evening, expression: 'rate(1 week)' }, '/expression'],
    [{ ...evening, expression: 'rate(2 day)' }, '/expression'],
    [{ ...evening, expression: 'rate(99 days)' }, ''],
    [{ ...evening, timezone: 'Berlin' }, '/timezone'],
    [{ ...evening, selector: undefined }, '/selector'],
    [{ ...evening, spec: 'office' }, '/spec'],
  ])('is rejected as %j, and leaves no record and no timer', async (body, pointer) => {
    const put = await callSchedules('PUT', 'evening', body);

    expect(put).toMatchObject({ status: 400, body: { code: 'malformed-request', errors: [{ pointer }] } });
    expect((await callSchedules('GET', 'evening')).status).toBe(404);
    expect(world.timers.recurring.size).toBe(0);
  });

  it('is refused when the target has 100 others, and an existing one can still be changed', async () => {
    for (let number = 0; number < 100; number += 1) await callSchedules('PUT', `evening-${number}`, evening);

    expect(await callSchedules('PUT', 'evening', evening)).toMatchObject({ status: 422, body: { code: 'over-limit' } });
    expect(world.timers.recurring.size).toBe(100);
    expect(await callSchedules('PUT', 'evening-1', { ...evening, enabled: false })).toMatchObject({ status: 200 });
  });

  it('is removed with its timer, and its runs are still listed', async () => {
    await startSession('one', { labels: { team: 'etl' } });
    await callSchedules('PUT', 'evening', evening);
    await handleTimerEvent();
    const late = getTimerEvent('2026-11-24T19:00:00Z');

    expect(await callSchedules('DELETE', 'evening')).toMatchObject({ status: 200, body: { name: 'evening' } });
    await deliverTimerEvent(late, world.ports);

    expect(world.timers.recurring.size).toBe(0);
    expect((await callSchedules('GET', 'evening')).status).toBe(404);
    expect(await listRuns('evening')).toHaveLength(1);
    expect((await callSchedules('DELETE', 'evening')).status).toBe(404);
  });

  it.each([['evening'], ['another']])('keeps its timer when a change of it is not recorded: %s', async (name) => {
    await callSchedules('PUT', 'evening', evening);
    const before = [...world.timers.recurring.entries()];
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if (change.schedule !== undefined) throw new Error('the table does not answer');
      return commit(change);
    };

    expect(await callSchedules('PUT', name, { ...evening, expression: 'rate(2 hours)' })).toMatchObject({
      status: 500,
    });

    expect([...world.timers.recurring.entries()]).toEqual(before);
  });

  it('has a timer when it is put again during its removal', async () => {
    await callSchedules('PUT', 'evening', evening);
    const cancel = world.timers.cancel.bind(world.timers);
    world.timers.cancel = async (name) => {
      world.timers.cancel = cancel;
      await callSchedules('PUT', 'evening', { ...evening, expression: 'rate(2 hours)' });
      await cancel(name);
    };

    await callSchedules('DELETE', 'evening');

    expect((await callSchedules('GET', 'evening')).status).toBe(200);
    expect([...world.timers.recurring.values()]).toMatchObject([{ expression: 'rate(2 hours)' }]);
  });

  it('has its timer corrected each hour', async () => {
    await callSchedules('PUT', 'evening', evening);
    const before = [...world.timers.recurring.entries()];
    world.timers.recurring.clear();

    await maintenanceHandler(world.ports)({}, {} as Context); // It does not read the event.

    expect([...world.timers.recurring.entries()]).toEqual(before);
  });

  it('shows the states of its newest thousand commands', async () => {
    await callSchedules('PUT', 'evening', evening);
    const operationId = 'a'.repeat(32);
    const results = Array.from({ length: 600 }, (_, index) => ({ clusterId: `c${index}`, operationId }));
    for (const runId of ['2026-11-22T19:00:00.000Z', '2026-11-23T19:00:00.000Z']) {
      const of = { target: 'local', name: 'evening', action: 'stop', scheduledAt: runId, startedAt: runId } as const;
      await world.store.commit({ run: { value: { ...of, runId, results }, previous: undefined } });
    }
    const reads = vi.spyOn(world.store, 'operation');

    const listed = await listRuns('evening');

    expect(listed.map((run) => run.results.length)).toEqual([600, 600]);
    expect(reads).toHaveBeenCalledTimes(1_000);
  });
});
