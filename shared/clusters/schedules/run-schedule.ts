import pMap from 'p-map';

import type { Cluster } from '#events/cluster.ts';
import { Fault } from '#events/problem.ts';
import { problems } from '#events/problem-table.ts';
import type { RunResult, Schedule, ScheduleRun } from '#events/schedules.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { stoppableStates } from '#shared/clusters/model/cluster-states.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { ScheduleTimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { listClusters } from '#shared/clusters/store/read.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { syncSchedule } from './schedules.ts';
import { readSpec } from './specs.ts';

/** A record of the table holds no more, and a function has the time for them. */
const mostClusters = 1_000;
const atOnce = 8;
/** What comes later than that would meet other clusters than those that it was meant for. */
const longestLateMs = 3_600_000;

/** The message that a firing came in. */
export interface Delivery {
  readonly messageId: string;
  readonly sentAt: Date;
  /** It does not come again. */
  readonly isLast: boolean;
}

/**
 * Runs a schedule whose time has come. The clusters are chosen once and written down; each command has a key that
 * follows from the run. So a firing that comes twice, or again behind a function that died, makes the same commands.
 *
 * @throws Fault of a command that may succeed when the firing comes again.
 */
export const runSchedule = async (timerEvent: ScheduleTimerEvent, delivery: Delivery, ports: Ports): Promise<void> => {
  const { target, name, revision } = timerEvent;
  const schedule = (await ports.store.schedule(timerEvent))?.value;
  if (schedule?.revision !== revision) {
    ports.log.warn('firing of what is no longer scheduled: the scheduler is put right', { target, name, revision });
    return syncSchedule(timerEvent, ports);
  }
  if (!schedule.definition.enabled) return;
  const time = timeOf(timerEvent, delivery);
  if (ports.now().getTime() - Date.parse(time.scheduledAt) > longestLateMs) return miss(schedule, time, ports);
  const run = await begin(schedule, time, ports);
  if (run.endedAt !== undefined) return;
  await carryOut(schedule, run, delivery, ports);
};

interface Time {
  readonly runId: string;
  readonly scheduledAt: string;
}

/** EventBridge Scheduler fills the scheduled time in; where that is not so, the message itself names the run. */
const timeOf = ({ scheduledAt }: ScheduleTimerEvent, { messageId, sentAt }: Delivery): Time => {
  const named = scheduledAt === undefined ? Number.NaN : Date.parse(scheduledAt);
  if (Number.isNaN(named)) return { runId: `${sentAt.toISOString()}/${messageId}`, scheduledAt: sentAt.toISOString() };
  const time = new Date(named).toISOString();
  return { runId: time, scheduledAt: time };
};

/** What it did before, if anything, stays as it is; the rest is not done any more, and the run says so. */
const miss = async (schedule: Schedule, { runId, scheduledAt }: Time, ports: Ports): Promise<void> => {
  const { target, name, definition } = schedule;
  const known = await ports.store.run({ target, name }, runId);
  if (known?.value.endedAt !== undefined) return;
  const now = ports.now().toISOString();
  const begun = { runId, target, name, action: definition.action, scheduledAt, startedAt: now, results: [] };
  const missed = `its firing came at ${now}, more than an hour late`;
  await note({ ...(known?.value ?? begun), missed, endedAt: now }, ports);
  ports.log.warn('schedule missed', { target, name, runId });
};

/** The run as it was begun: by this firing, or by one before it. */
const begin = (
  { target, name, definition }: Schedule,
  { runId, scheduledAt }: Time,
  ports: Ports,
): Promise<ScheduleRun> =>
  retryOnConflict(ports, async () => {
    const known = await ports.store.run({ target, name }, runId);
    if (known !== undefined) return known.value;
    const chosen = definition.action === 'stop' ? await clustersOf(target, definition.selector, ports) : [];
    const left = chosen.length - mostClusters;
    const run: ScheduleRun = {
      runId,
      target,
      name,
      action: definition.action,
      scheduledAt,
      startedAt: ports.now().toISOString(),
      results: chosen
        .slice(0, mostClusters)
        .map(({ clusterId, operationId }) => ({ clusterId, clusterOperationId: operationId })),
      ...(left > 0 ? { skipped: left } : {}),
    };
    await commit({ run: { value: run, previous: undefined } }, ports);
    return run;
  });

interface Selector {
  readonly labels: Readonly<Record<string, string>>;
  readonly mode?: Cluster['mode'] | undefined;
}

const clustersOf = async (
  target: string,
  { labels, mode }: Selector,
  { store }: Ports,
): Promise<readonly Cluster[]> => {
  const found = await listClusters(target, stoppableStates, store);
  return found
    .filter((cluster) => mode === undefined || cluster.mode === mode)
    .filter((cluster) => Object.entries(labels).every(([label, value]) => cluster.labels[label] === value));
};

const carryOut = async (
  { definition }: Schedule,
  run: ScheduleRun,
  { isLast }: Delivery,
  ports: Ports,
): Promise<void> => {
  const transient: Fault[] = [];
  const unnamed: unknown[] = [];
  const tell = async (of: () => RunResult, give: () => Promise<StoredOperation>): Promise<RunResult> => {
    try {
      const operation = await give();
      return { ...of(), clusterId: operation.clusterId, operationId: operation.operationId };
    } catch (error) {
      if (!(error instanceof Fault)) {
        unnamed.push(error);
        return of();
      }
      if (problems[error.code].retryable) transient.push(error);
      return { ...of(), code: error.code, detail: error.message };
    }
  };
  const { target } = run;
  const origin = 'schedule';
  const keyOf = (clusterId: string | undefined) =>
    ['schedule', run.name, run.runId, clusterId].filter(Boolean).join('/');

  const stopOne = (chosen: RunResult, policy: Extract<typeof definition, { readonly action: 'stop' }>) => {
    const { clusterId = '', clusterOperationId } = chosen;
    const of = { clusterId, ...(clusterOperationId === undefined ? {} : { clusterOperationId }) };
    // Another life of the id, by now, is not the one that was chosen.
    const expected = clusterOperationId === undefined ? undefined : { operationId: clusterOperationId };
    const { savepoint, savepointDirectory, ha } = policy;
    const directory = savepointDirectory === undefined ? {} : { savepointDirectory };
    const data = { savepoint, ...directory, ha, reason: `Schedule ${run.name}` };
    return tell(
      () => of,
      () => accept({ kind: 'stop', target, clusterId, data, key: keyOf(clusterId), origin, expected }, ports),
    );
  };
  const deployOne = (name: string) => {
    let clusterId: string | undefined;
    return tell(
      () => (clusterId === undefined ? {} : { clusterId }),
      async () => {
        const { deploy: data } = await readSpec({ target, name }, ports);
        ({ clusterId } = data);
        return accept({ kind: 'deploy', target, clusterId, data, key: keyOf(clusterId), origin }, ports);
      },
    );
  };

  const results =
    definition.action === 'stop'
      ? await pMap(run.results, (chosen) => stopOne(chosen, definition), { concurrency: atOnce })
      : [await deployOne(definition.spec)];
  // What has no name is our own trouble, and may be done when the firing is brought back.
  const isOverNow = unnamed.length === 0 && (transient.length === 0 || isLast);
  await note({ ...run, results, ...(isOverNow ? { endedAt: ports.now().toISOString() } : {}) }, ports);
  const refused = results.filter(({ code }) => code !== undefined).length;
  ports.log.info('schedule ran', { target, name: run.name, runId: run.runId, clusters: results.length, refused });
  if (!isOverNow) throw [...unnamed, ...transient][0];
};

/** A run that comes twice at once ends as either says: their commands are the same. */
const note = (run: ScheduleRun, ports: Ports): Promise<void> =>
  retryOnConflict(ports, async () => {
    const current = await ports.store.run(run, run.runId);
    if (current?.value.endedAt === undefined) await commit({ run: { value: run, previous: current?.version } }, ports);
  });
