import type { Store } from '#shared/clusters/ports/store.ts';

import { versionedIfFound } from './items.ts';
import { runKey, scheduleKey, scheduleRange } from './keys.ts';
import type { TableReader } from './reader.ts';
import { recordParser } from '#shared/clusters/model/records/record-kinds.ts';

type ScheduleReads = Pick<Store, 'schedule' | 'schedules' | 'run' | 'runs'>;

const toSchedule = recordParser('schedule');
const toRun = recordParser('schedule run');

export const openScheduleReads = (reader: TableReader): ScheduleReads => ({
  async schedule(name) {
    return versionedIfFound(await reader.get(scheduleKey(name)), toSchedule);
  },

  async schedules(target) {
    return (await reader.query(scheduleRange(target))).map((item) => toSchedule(item['value']));
  },

  async run(name, runId) {
    return versionedIfFound(await reader.get(runKey(name, runId)), toRun);
  },

  async runs(name, limit) {
    return (await reader.queryLast(runKey(name, '').pk, limit)).map((item) => toRun(item['value']));
  },
});
