import { describe, expect, it } from 'vitest';

import { summarizeRun, toRows } from '../../../../dashboard/model/schedules/runs.ts';
import { listNextRuns, toPutWords } from '../../../../dashboard/model/schedules/schedules.ts';
import { buildScheduleBody, type ScheduleOptions } from '../../../../cli/options/schedule.ts';
import type { Schedule } from '../../../../dashboard/api/types.ts';
import { makeRun, makeSchedule } from '../../support/schedule-fixtures.ts';

/** A Monday. */
const nowMs = Date.parse('2026-11-30T12:00:00Z');
const evening = makeSchedule().definition;
const timing = { expression: 'rate(1 day)', timezone: 'UTC', enabled: true };
const verification = { stableWithin: '5min', maxRestarts: 0, onFailure: 'keep', allowNonRestoredState: false } as const;

/** The options of a command line, as the parser of `drey` gives them. */
const parse = (words: readonly string[]): ScheduleOptions =>
  Object.fromEntries(
    words.flatMap((word, index) => {
      if (!word.startsWith('--')) return [];
      const value = words[index + 1];
      const name = word.slice(2).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return [[name, value === undefined || value.startsWith('--') ? true : value]];
    }),
  );

/** What the API fills in is not on the command line. */
const withoutDefaults = (definition: Schedule['definition']) => {
  const { allowNonRestoredState, selector, ...others } = {
    allowNonRestoredState: false,
    selector: undefined,
    ...definition,
  };
  return {
    ...others,
    ...(allowNonRestoredState ? { allowNonRestoredState } : {}),
    ...(selector === undefined || Object.keys(selector.labels).length === 0 ? {} : { selector }),
  };
};

describe('the next runs of a schedule', () => {
  it('counts a rate from the last run, or else from the last change', () => {
    const schedule = makeSchedule({
      updatedAt: '2026-11-30T11:10:00Z',
      definition: { ...evening, expression: 'rate(1 hour)' },
    });
    const range = { afterMs: nowMs, max: 1 };
    expect(listNextRuns(schedule, range)).toEqual([Date.parse('2026-11-30T12:10:00Z')]);
    const lastRun = makeRun({ scheduledAt: '2026-11-30T11:45:00Z' });
    expect(listNextRuns(schedule, range, lastRun)).toEqual([Date.parse('2026-11-30T12:45:00Z')]);
  });
});

describe('the command line that pauses a schedule', () => {
  it('has the whole definition', () => {
    expect(toPutWords(makeSchedule(), false).join(' ')).toBe(
      'schedule put evening --every cron(0 20 ? * MON-FRI *) --timezone Europe/Berlin --stop --label team=etl --mode session --savepoint best-effort --ha keep --disabled --at etl',
    );
  });

  it('gives the parallelism and the spec to the option of the action', () => {
    const rescale = makeSchedule({
      definition: { action: 'rescale', ...timing, selector: { labels: {} }, parallelism: 8, within: '10min' },
    });
    expect(toPutWords(rescale, true).slice(6)).toEqual([
      'UTC',
      '--rescale',
      '8',
      '--all',
      '--within',
      '10min',
      '--at',
      'etl',
    ]);
    const deploy = makeSchedule({ definition: { action: 'deploy', ...timing, spec: 'office' } });
    expect(toPutWords(deploy, true).slice(7)).toEqual(['--deploy', 'office', '--at', 'etl']);
  });

  it.each<Schedule['definition']>([
    evening,
    { action: 'suspend', ...timing, selector: { labels: {} }, state: 'last-state', fallback: 'none' },
    { action: 'resume', ...timing, selector: { labels: { team: 'etl', tier: 'b' } }, ...verification },
    { action: 'rescale', ...timing, selector: { labels: {}, mode: 'session' }, parallelism: 8, within: '10min' },
    { action: 'deploy', ...timing, spec: 'office' },
    { action: 'apply', ...timing, spec: 'office', state: 'savepoint', ...verification, allowNonRestoredState: true },
  ])('is understood as the same definition: $action', (definition) => {
    const words = toPutWords(makeSchedule({ definition }), false).slice(3, -2);
    expect(buildScheduleBody(parse(words))).toMatchObject({ ...withoutDefaults(definition), enabled: false });
  });
});

describe('the runs of a schedule', () => {
  it('have a row for each command, and for what was left out and why', () => {
    const rows = toRows([
      makeRun({
        results: [
          { clusterId: 'office', operationId: 'one', state: 'SUCCEEDED' },
          { clusterId: 'lab', code: 'not-ready', detail: 'The cluster is being stopped.' },
          { clusterId: 'old', operationId: 'two' },
          { clusterId: 'next' },
          { clusterId: 'same', unchanged: true },
        ],
        skipped: 7,
      }),
      makeRun({ runId: 'late', results: [], missed: 'It arrived late.' }),
      makeRun({ runId: 'none', results: [] }),
    ]);

    expect(rows.map(({ result, clusterId, why }) => [result, clusterId, why])).toEqual([
      ['SUCCEEDED', 'office', ''],
      ['refused', 'lab', 'not-ready: The cluster is being stopped.'],
      ['accepted', 'old', ''],
      ['pending', 'next', ''],
      ['unchanged', 'same', ''],
      ['skipped', undefined, '7 more were selected. A run processes at most 1,000.'],
      ['missed', undefined, 'It arrived late.'],
      ['no clusters', undefined, 'The schedule selected nothing.'],
    ]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it('are counted by their results', () => {
    const results = [
      { clusterId: 'a', operationId: '1', state: 'SUCCEEDED' as const },
      { clusterId: 'b', operationId: '2', state: 'SUCCEEDED' as const },
      { clusterId: 'c', code: 'not-ready' },
    ];
    expect(summarizeRun(makeRun({ results, skipped: 30 }))).toBe('2 SUCCEEDED, 1 refused, 30 skipped');
    expect(summarizeRun(makeRun({ results: [] }))).toBe('no clusters');
  });
});
