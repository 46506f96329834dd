import { createHash } from 'node:crypto';

import pMap from 'p-map';

import { Fault } from '#events/problem.ts';
import type { RunResult, Schedule, ScheduleBody, ScheduleRun } from '#events/schedules.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { readSpec } from './specs.ts';

const readsAtOnce = 16;
/** A request has the time for as many. */
const mostReads = 1_000;
const settledAtOnce = 8;

export interface Named {
  readonly target: string;
  readonly name: string;
}

/** The names of EventBridge Scheduler are short, and one group holds those of every target. */
export const calendarTimer = ({ target, name }: Named) =>
  `calendar-${createHash('sha256').update(`${target}/${name}`).digest('hex').slice(0, 32)}`;

/** Has the firings of a schedule sent as its record says. */
const applySchedule = ({ target, name, revision, definition }: Schedule, { timers }: Ports): Promise<void> => {
  const { expression, timezone, enabled } = definition;
  const description = `targets/${target}/schedules/${name}`;
  return timers.repeat(
    calendarTimer({ target, name }),
    { expression, timezone, enabled, description },
    { kind: 'schedule', target, name, revision },
  );
};

/**
 * Has the scheduler do as the record says, whatever it was told before; also as a record says that was written
 * meanwhile.
 */
export const syncSchedule = async (named: Named, ports: Ports): Promise<void> => {
  const stored = (await ports.store.schedule(named))?.value;
  if (stored === undefined) await ports.timers.cancel(calendarTimer(named));
  else await applySchedule(stored, ports);
  const now = (await ports.store.schedule(named))?.value;
  if (now?.revision !== stored?.revision) await syncSchedule(named, ports);
};

/** Each hour: what two that changed a schedule at once, or one that died in the middle, left in the scheduler. */
export const syncSchedules = async (ports: Ports): Promise<void> => {
  const targets = await ports.targets.list();
  const schedules = (await Promise.all(targets.map(({ name }) => ports.store.schedules(name)))).flat();
  await pMap(schedules, (schedule) => syncScheduleSafely(schedule, ports), { concurrency: settledAtOnce });
};

const syncScheduleSafely = async ({ target, name }: Named, ports: Ports): Promise<void> => {
  try {
    await syncSchedule({ target, name }, ports);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    ports.log.warn('schedule not put right', { target, name, code: error.code, detail: error.message });
  }
};

/**
 * Makes or changes a schedule. The scheduler judges its expression before it is recorded; what it sends under a
 * revision that is not recorded does nothing, and puts the scheduler right.
 *
 * @throws Fault `malformed-request`; `not-found` for a spec that is not there.
 */
export const putSchedule = async (named: Named, definition: ScheduleBody, ports: Ports): Promise<Schedule> => {
  const { target, name } = named;
  await ports.targets.current(target);
  if (definition.action === 'deploy') await readSpec({ target, name: definition.spec }, ports);
  return retryOnConflict(ports, async () => {
    const current = await ports.store.schedule(named);
    const schedule = { target, name, revision: ports.newId(), updatedAt: ports.now().toISOString(), definition };
    await applySchedule(schedule, ports);
    try {
      await commit({ schedule: { ...named, value: schedule, previous: current?.version } }, ports);
    } catch (error) {
      // Firings of a revision that is not recorded would do nothing.
      await syncSchedule(named, ports);
      throw error;
    }
    return schedule;
  });
};

/** @throws Fault `not-found` */
export const readSchedule = async (named: Named, { store }: Ports): Promise<Versioned<Schedule>> => {
  const found = await store.schedule(named);
  if (found === undefined) throw new Fault('not-found', `there is no schedule ${named.name} in target ${named.target}`);
  return found;
};

export const readSchedules = async (target: string, { store, targets }: Ports): Promise<readonly Schedule[]> => {
  await targets.get(target);
  return store.schedules(target);
};

/** Its record goes first: a firing that finds none removes what sent it. @throws Fault `not-found` */
export const removeSchedule = (named: Named, ports: Ports): Promise<void> =>
  retryOnConflict(ports, async () => {
    const { version } = await readSchedule(named, ports);
    await commit({ schedule: { ...named, value: undefined, previous: version } }, ports);
    await syncSchedule(named, ports);
  });

/** The last runs, newest first, the newest commands with what has become of them by now. */
export const readRuns = async (named: Named, limit: number, ports: Ports): Promise<readonly ScheduleRun[]> => {
  const runs = await ports.store.runs(named, limit);
  // What it did can be read when the schedule is gone.
  if (runs.length === 0) await readSchedule(named, ports);
  const newest = runs.flatMap(({ results }) => results).slice(0, mostReads);
  const states = await pMap(newest, (result) => withState(result, ports), { concurrency: readsAtOnce });
  const known = new Map(newest.map((result, index) => [result, states[index]]));
  return runs.map((run) => ({ ...run, results: run.results.map((result) => known.get(result) ?? result) }));
};

const withState = async (result: RunResult, { store }: Ports): Promise<RunResult> => {
  const operation = result.operationId === undefined ? undefined : await store.operation(result.operationId);
  if (operation === undefined) return result;
  const { state, problem } = operation.value;
  return { ...result, state, ...(problem === undefined ? {} : { code: problem.code, detail: problem.detail }) };
};
