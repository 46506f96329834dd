import type { Principal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Schedule, ScheduleBody } from '#events/records/schedules.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import type { ScheduleName } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { getClusterId, readSpec } from './specs.ts';
import { applySchedule, syncSchedule } from './sync-schedules.ts';

/** All targets share the queue of timer events, in which one team's must not delay those of others for long. */
const maxSchedules = 100;

/**
 * Creates or changes a schedule. EventBridge Scheduler gets the schedule first, because it validates the expression. A
 * timer event of a revision that is not recorded runs nothing and makes the scheduler match the record.
 *
 * @throws Fault `malformed-request` for the expression; `not-found` for the target or the spec; `over-limit`
 *   for one schedule too many.
 */
export const putSchedule = async (
  scheduleName: ScheduleName,
  { definition, updatedBy }: { readonly definition: ScheduleBody; readonly updatedBy: Principal },
  ports: Ports,
): Promise<Schedule> => {
  const { target, name } = scheduleName;
  await ports.targets.getLatest(target);
  if ('spec' in definition) await assertUsable(definition, target, ports);
  return retryOnConflict(ports, async () => {
    const current = await ports.store.schedule(scheduleName);
    if (current === undefined) await assertNotFull(target, ports);
    const updatedAt = ports.now().toISOString();
    const schedule = { target, name, revision: ports.newId(), updatedAt, updatedBy, definition };
    await applySchedule(schedule, ports);
    try {
      await commit({ schedule: { ...scheduleName, value: schedule, previous: current?.version } }, ports);
    } catch (error) {
      // The scheduler has a revision that is not recorded, whose timer events run nothing.
      await syncSchedule(scheduleName, ports);
      throw error;
    }
    return schedule;
  });
};

/** @throws Fault `not-found` for the spec, `malformed-request` for one that cannot be applied. */
const assertUsable = async (
  { action, spec }: Extract<ScheduleBody, { readonly spec: string }>,
  target: string,
  ports: Ports,
): Promise<void> => {
  const { deploy } = await readSpec({ target, name: spec }, ports);
  if (action === 'apply') getClusterId(deploy, spec);
};

/** @throws Fault `over-limit` */
const assertNotFull = async (target: string, { store }: Ports): Promise<void> => {
  if ((await store.scheduleNames(target)).length < maxSchedules) return;
  throw new Fault(
    'over-limit',
    `Target ${target} has ${maxSchedules} schedules, which is the maximum. Delete one first.`,
  );
};

/** @throws Fault `not-found` */
export const readSchedule = async (scheduleName: ScheduleName, { store }: Ports): Promise<Versioned<Schedule>> => {
  const { target, name } = scheduleName;
  const found = await store.schedule(scheduleName);
  if (found === undefined) throw new Fault('not-found', `Target ${target} has no schedule ${name}.`);
  return found;
};

/** @throws Fault `not-found` for the target. */
export const listSchedules = async (
  target: string,
  page: PageRequest,
  { store, targets }: Ports,
): Promise<Page<Schedule>> => {
  await targets.get(target);
  return store.schedules(target, page);
};

/**
 * Removes a schedule. The record goes first: a timer event that finds no record removes its own timer.
 *
 * @throws Fault `not-found`
 */
export const removeSchedule = (scheduleName: ScheduleName, ports: Ports): Promise<void> =>
  retryOnConflict(ports, async () => {
    const { version } = await readSchedule(scheduleName, ports);
    await commit({ schedule: { ...scheduleName, value: undefined, previous: version } }, ports);
    await syncSchedule(scheduleName, ports);
  });
