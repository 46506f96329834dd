import pMap from 'p-map';

import type { Cluster, ClusterState } from '#events/records/cluster.ts';
import { isTerminalJob } from '#events/records/job.ts';
import type { RunResult, Schedule, ScheduleRun } from '#events/records/schedules.ts';
import { stoppableStates } from '#shared/clusters/model/cluster-states.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import type { ScheduleTimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { listClusters } from '#shared/clusters/store/read.ts';
import { commit, retryOnConflict } from '#shared/clusters/store/transact.ts';

import { runCommands } from './run-commands.ts';
import { saveRun } from './runs.ts';
import { syncSchedule } from './sync-schedules.ts';

/** A record of the table holds so many results, and a function has time for so many commands. */
const maxCommands = 1_000;
const maxReadsAtOnce = 8;
/** A later run would stop other clusters than those that the schedule was meant for. */
const maxDelayMs = 3_600_000;

/** The queue message that a timer event came in. */
export interface Delivery {
  readonly messageId: string;
  readonly sentAt: Date;
  /** Whether the queue delivers the message once more when it fails. */
  readonly isLast: boolean;
}

/**
 * Runs a schedule when its time has come. The run records its clusters before their commands, and each command has an
 * idempotency key of the run. A timer event that comes twice therefore gives the same commands.
 *
 * @throws Fault of a command that may succeed when the timer event is delivered again.
 */
export const runSchedule = async (timerEvent: ScheduleTimerEvent, delivery: Delivery, ports: Ports): Promise<void> => {
  const { target, name, revision } = timerEvent;
  const schedule = (await ports.store.schedule(timerEvent))?.value;
  if (schedule?.revision !== revision) {
    ports.log.warn('timer event of an outdated schedule', { target, name, revision });
    return syncSchedule(timerEvent, ports);
  }
  if (!schedule.definition.enabled) return;
  const identity = identifyRun(timerEvent, delivery);
  if (ports.now().getTime() - Date.parse(identity.scheduledAt) > maxDelayMs)
    return recordMissedRun(schedule, identity, ports);
  const run = await startRun(schedule, identity, ports);
  if (run.endedAt === undefined) await runCommands(schedule, run, { isLast: delivery.isLast, ports });
};

type RunIdentity = Pick<ScheduleRun, 'runId' | 'scheduledAt'>;

/** The scheduled time names the run. Without one from EventBridge Scheduler, the message names the run. */
const identifyRun = ({ scheduledAt }: ScheduleTimerEvent, { messageId, sentAt }: Delivery): RunIdentity => {
  const scheduledMs = scheduledAt === undefined ? Number.NaN : Date.parse(scheduledAt);
  if (Number.isNaN(scheduledMs))
    return { runId: `${sentAt.toISOString()}/${messageId}`, scheduledAt: sentAt.toISOString() };
  const time = new Date(scheduledMs).toISOString();
  return { runId: time, scheduledAt: time };
};

/** Ends a run whose timer event came too late. The results of an earlier delivery stay. */
const recordMissedRun = async (
  { target, name, definition }: Schedule,
  { runId, scheduledAt }: RunIdentity,
  ports: Ports,
): Promise<void> => {
  const known = await ports.store.run({ target, name }, runId);
  if (known?.value.endedAt !== undefined) return;
  const now = ports.now().toISOString();
  const started = { runId, target, name, action: definition.action, scheduledAt, startedAt: now, results: [] };
  const missed = `The timer event came at ${now}, more than one hour late.`;
  await saveRun({ ...(known?.value ?? started), missed, endedAt: now }, ports);
  ports.log.warn('schedule missed', { target, name, runId });
};

/** The run as this delivery, or an earlier one, started it. */
const startRun = (
  { target, name, definition }: Schedule,
  { runId, scheduledAt }: RunIdentity,
  ports: Ports,
): Promise<ScheduleRun> =>
  retryOnConflict(ports, async () => {
    const known = await ports.store.run({ target, name }, runId);
    if (known !== undefined) return known.value;
    const selected = await selectFor({ target, definition }, ports);
    const skipped = selected.length - maxCommands;
    const run: ScheduleRun = {
      runId,
      target,
      name,
      action: definition.action,
      scheduledAt,
      startedAt: ports.now().toISOString(),
      results: selected.slice(0, maxCommands),
      ...(skipped > 0 ? { skipped } : {}),
    };
    await commit({ run: { value: run, previous: undefined } }, ports);
    return run;
  });

/** The states of the clusters that an action is for. */
const statesOf: Readonly<Record<'stop' | 'suspend' | 'resume' | 'rescale', readonly ClusterState[]>> = {
  stop: stoppableStates,
  suspend: ['RUNNING'],
  resume: ['SUSPENDED'],
  rescale: ['RUNNING'],
};

/** What the commands of a run are for: clusters, or jobs to rescale. A deploy and an apply select nothing. */
const selectFor = async (
  { target, definition }: Pick<Schedule, 'target' | 'definition'>,
  ports: Ports,
): Promise<RunResult[]> => {
  if ('spec' in definition) return [];
  const states = statesOf[definition.action];
  const clusters = await selectClusters({ target, states }, definition.selector, ports);
  if (definition.action !== 'rescale') return clusters.map(toSelected);
  const jobs = await pMap(clusters, (cluster) => selectJobs(cluster, ports), { concurrency: maxReadsAtOnce });
  return jobs.flat();
};

const toSelected = ({ clusterId, operationId }: Cluster): RunResult => ({ clusterId, clusterOperationId: operationId });

/** The jobs of a cluster that had not ended when they were observed last. */
const selectJobs = async (cluster: Cluster, { store }: Ports): Promise<readonly RunResult[]> =>
  selectIncarnationJobs(cluster, await store.jobs(cluster))
    .filter((job) => !isTerminalJob(job))
    .map(({ jobId }) => ({ ...toSelected(cluster), jobId }));

interface Selector {
  readonly labels: Readonly<Record<string, string>>;
  readonly mode?: Cluster['mode'] | undefined;
}

const selectClusters = async (
  { target, states }: { readonly target: string; readonly states: readonly ClusterState[] },
  { labels, mode }: Selector,
  ports: Ports,
): Promise<readonly Cluster[]> => {
  const clusters = await listClusters(target, states, ports);
  return clusters
    .filter((cluster) => mode === undefined || cluster.mode === mode)
    .filter((cluster) => Object.entries(labels).every(([label, value]) => cluster.labels[label] === value));
};
