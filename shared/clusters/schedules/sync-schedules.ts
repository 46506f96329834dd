import { createHash } from 'node:crypto';

import pMap from 'p-map';

import { Fault } from '#events/problems/problem.ts';
import type { Schedule } from '#events/records/schedules.ts';
import type { ScheduleName } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

const maxSyncsAtOnce = 8;

/**
 * The name of a schedule in EventBridge Scheduler. It is a hash, because one schedule group holds the schedules of all
 * targets and allows 64 characters.
 */
export const toTimerName = ({ target, name }: ScheduleName): string =>
  `calendar-${createHash('sha256').update(`${target}/${name}`).digest('hex').slice(0, 32)}`;

/** Makes EventBridge Scheduler send the timer events that this schedule defines. */
export const applySchedule = ({ target, name, revision, definition }: Schedule, { timers }: Ports): Promise<void> => {
  const { expression, timezone, enabled } = definition;
  const description = `targets/${target}/schedules/${name}`;
  return timers.repeat(
    toTimerName({ target, name }),
    { expression, timezone, enabled, description },
    { kind: 'schedule', target, name, revision },
  );
};

/** Makes EventBridge Scheduler match the record of a schedule, also when the record changes in the meantime. */
export const syncSchedule = async (scheduleName: ScheduleName, ports: Ports): Promise<void> => {
  const stored = (await ports.store.schedule(scheduleName))?.value;
  if (stored === undefined) await ports.timers.cancel(toTimerName(scheduleName));
  else await applySchedule(stored, ports);
  const latest = (await ports.store.schedule(scheduleName))?.value;
  if (latest?.revision !== stored?.revision) await syncSchedule(scheduleName, ports);
};

/**
 * Syncs the schedules of all targets. It repairs what concurrent changes of a schedule, or a function that stopped
 * halfway, left in EventBridge Scheduler.
 */
export const syncSchedules = async (ports: Ports): Promise<void> => {
  const targets = await ports.targets.listNames();
  const schedules = await Promise.all(
    targets.map(async (target) => (await ports.store.scheduleNames(target)).map((name) => ({ target, name }))),
  );
  await pMap(schedules.flat(), (schedule) => trySyncSchedule(schedule, ports), { concurrency: maxSyncsAtOnce });
};

const trySyncSchedule = async ({ target, name }: ScheduleName, ports: Ports): Promise<void> => {
  try {
    await syncSchedule({ target, name }, ports);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const fields = { target, name, code: error.code };
    ports.log.warn('schedule not synced', { ...fields, detail: error.message });
    ports.metrics.record('FailedMaintenance', { fields: { part: 'schedules', ...fields } });
  }
};
