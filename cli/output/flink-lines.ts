import type { Cluster } from '#events/cluster.ts';
import type { Job, JobState } from '#events/job.ts';

import { localTime } from './local-time.ts';

export interface Shown {
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

/** Which groups `-r`, `-s` and `-a` ask for. */
const wantedGroups = ({ running = false, scheduled = false, all = false }: Shown): ReadonlySet<Group> => {
  if (all) return new Set<Group>(['running', 'scheduled', 'terminated']);
  const neither = !running && !scheduled;
  return new Set<Group>([
    ...(running || neither ? ['running' as const] : []),
    ...(scheduled || neither ? ['scheduled' as const] : []),
  ]);
};

const byStart = (one: Job, other: Job) =>
  one.startTime.localeCompare(other.startTime) || one.state.localeCompare(other.state);

/** The jobs that are asked for, oldest first. */
export const shownJobs = (jobs: readonly Job[], shown: Shown): readonly Job[] => {
  const groups = wantedGroups(shown);
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
 * What `flink list` prints.
 *
 * @see Flink 2.2 `CliFrontend.listJobs`
 */
export const listLines = (jobs: readonly Job[], shown: Shown): readonly string[] =>
  [...wantedGroups(shown)].flatMap((group) => {
    const own = jobs.filter(({ state }) => groupOf(state) === group).toSorted(byStart);
    if (own.length === 0) return emptyLines[group];
    return [
      titles[group],
      ...own.map(({ startTime, jobId, name, state }) => `${localTime(startTime)} : ${jobId} : ${name} (${state})`),
      rule,
    ];
  });

/** What Flink's client says of a cluster. The address is the one inside Kubernetes, as there. */
export const clusterLine = (
  verb: 'Create' | 'Retrieve',
  { clusterId, namespace, mode }: Cluster,
  restPort = '8081',
): string => {
  const what = verb === 'Create' ? `flink ${mode} cluster` : 'flink cluster';
  return `${verb} ${what} ${clusterId} successfully, JobManager Web Interface: http://${clusterId}-rest.${namespace}:${restPort}`;
};

/** How `flink run` tells of a job that finished. */
export const finishedLines = ({ jobId, startTime, endTime }: Job): readonly string[] => [
  'Program execution finished',
  `Job with JobID ${jobId} has finished.`,
  ...(endTime === undefined ? [] : [`Job Runtime: ${Date.parse(endTime) - Date.parse(startTime)} ms`]),
];
