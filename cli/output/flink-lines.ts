import type { Cluster } from '#events/records/cluster.ts';
import type { Job, JobState } from '#events/records/job.ts';

import { formatTime } from './local-time.ts';
import { toOneLine } from './safe-text.ts';

export interface JobFilter {
  readonly running?: boolean;
  readonly scheduled?: boolean;
  readonly all?: boolean;
}

type Group = 'running' | 'scheduled' | 'terminated';

const groupOf = (state: JobState): Group => {
  switch (state) {
    case 'CREATED':
    case 'INITIALIZING':
      return 'scheduled';
    case 'FINISHED':
    case 'FAILED':
    case 'CANCELED':
      return 'terminated';
    default:
      return 'running';
  }
};

/** The groups that `-r`, `-s` and `-a` select. */
const selectGroups = ({ running = false, scheduled = false, all = false }: JobFilter): ReadonlySet<Group> => {
  if (all) return new Set<Group>(['running', 'scheduled', 'terminated']);
  const neither = !running && !scheduled;
  return new Set<Group>([
    ...(running || neither ? ['running' as const] : []),
    ...(scheduled || neither ? ['scheduled' as const] : []),
  ]);
};

const byStart = (one: Job, other: Job) =>
  one.startTime.localeCompare(other.startTime) || one.state.localeCompare(other.state);

/** The jobs that the filter selects, oldest first. */
export const selectJobs = (jobs: readonly Job[], shown: JobFilter): readonly Job[] => {
  const groups = selectGroups(shown);
  return jobs.filter(({ state }) => groups.has(groupOf(state))).toSorted(byStart);
};

const titles: Readonly<Record<Group, string>> = {
  running: '------------------ Running/Restarting Jobs -------------------',
  scheduled: '----------------------- Scheduled Jobs -----------------------',
  terminated: '---------------------- Terminated Jobs -----------------------',
};

const emptyLines: Readonly<Record<Group, readonly string[]>> = {
  running: ['No running jobs.'],
  scheduled: ['No scheduled jobs.'],
  terminated: [],
};

const rule = '-'.repeat(62);

/**
 * The lines of `flink list`.
 *
 * @see Flink 2.2 `CliFrontend.listJobs`
 */
export const formatJobList = (jobs: readonly Job[], shown: JobFilter): readonly string[] =>
  [...selectGroups(shown)].flatMap((group) => {
    const own = jobs.filter(({ state }) => groupOf(state) === group).toSorted(byStart);
    if (own.length === 0) return emptyLines[group];
    return [
      titles[group],
      ...own.map(
        ({ startTime, jobId, name, state }) => `${formatTime(startTime)} : ${jobId} : ${toOneLine(name)} (${state})`,
      ),
      rule,
    ];
  });

/** The line of Flink's client about a cluster. As in Flink, the address is the one inside Kubernetes. */
export const formatCluster = (
  verb: 'Create' | 'Retrieve',
  { clusterId, namespace, mode }: Cluster,
  restPort = '8081',
): string => {
  const subject = verb === 'Create' ? `flink ${mode} cluster` : 'flink cluster';
  return `${verb} ${subject} ${clusterId} successfully, JobManager Web Interface: http://${clusterId}-rest.${namespace}:${restPort}`;
};

/** The lines of `flink run` about a finished job. */
export const formatFinishedJob = ({ jobId, startTime, endTime }: Job): readonly string[] => [
  'Program execution finished',
  `Job with JobID ${jobId} has finished.`,
  ...(endTime === undefined ? [] : [`Job Runtime: ${Date.parse(endTime) - Date.parse(startTime)} ms`]),
];
