import { parseNameCursor } from '#shared/clusters/model/page.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

import { toPage, versionedIfFound } from './items.ts';
import { runKey, runRange, scheduleKey, scheduleNameOf, scheduleRange } from './keys.ts';
import type { TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

type ScheduleReads = Pick<Store, 'schedule' | 'schedules' | 'scheduleNames' | 'run' | 'runs'>;

const toSchedule = recordParser('schedule');
const toRun = recordParser('schedule run');

export const openScheduleReads = (reader: TableReader): ScheduleReads => ({
  async schedule(name) {
    return versionedIfFound(await reader.get(scheduleKey(name)), toSchedule);
  },

  async schedules(target, { limit, cursor }) {
    const after = parseNameCursor(cursor);
    const start = after === undefined ? undefined : scheduleKey({ target, name: after });
    return toPage({
      ...(await reader.queryPage(scheduleRange(target), { limit, start })),
      limit,
      parse: toSchedule,
    });
  },

  async scheduleNames(target) {
    return (await reader.query(scheduleRange(target))).map((item) => scheduleNameOf(String(item['sk'])));
  },

  async run(name, runId) {
    return versionedIfFound(await reader.get(runKey(name, runId)), toRun);
  },

  async runs(name, { limit, cursor }) {
    const before = parseNameCursor(cursor);
    const start = before === undefined ? undefined : runKey(name, before);
    const page = { limit, start, order: 'descending' } as const;
    return toPage({ ...(await reader.queryPage(runRange(name), page)), limit, parse: toRun });
  },
});
