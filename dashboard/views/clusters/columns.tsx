import type { Job, ListedCluster } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath } from '../../app/paths.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { Duration, RelativeTime, Time } from '../../components/time.tsx';
import type { Column } from '../../hooks/use-preferences.tsx';
import { isTerminalState } from '../../model/states.ts';
import type { Scope } from './scope.ts';

/** A cluster with the values that the table filters and sorts by. */
export interface ClusterRow {
  readonly cluster: ListedCluster;
  readonly clusterId: string;
  readonly state: string;
  readonly mode: string;
  readonly team: string;
  readonly flinkVersion: string;
  readonly image: string;
  readonly labels: string;
  readonly message: string;
  readonly reachable: string;
  readonly jobs: string;
  /** ISO 8601, so that the order of the texts is that of the times. */
  readonly createdAt: string;
  /** When the lifetime of a live cluster ends. Empty: it has no end. */
  readonly endsAt: string;
  /** Empty: the cluster has not ended. */
  readonly endedAt: string;
}

export const toRow = (cluster: ListedCluster): ClusterRow => ({
  cluster,
  clusterId: cluster.clusterId,
  state: cluster.state,
  mode: cluster.mode,
  team: cluster.labels['team'] ?? '',
  flinkVersion: cluster.flinkVersion,
  image: cluster.image,
  labels: Object.entries(cluster.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', '),
  message: [cluster.reason, cluster.message].filter((part) => part !== undefined).join(': '),
  reachable: cluster.conditions.find(({ type }) => type === 'Reachable')?.status ?? '',
  jobs: (cluster.jobs ?? []).map(({ name, state }) => `${name} ${state}`).join(', '),
  createdAt: cluster.createdAt,
  endedAt: isTerminalState('cluster', cluster.state) ? cluster.updatedAt : '',
  endsAt: isTerminalState('cluster', cluster.state) ? '' : (cluster.lifetime?.endsAt ?? ''),
});

/** `2 RUNNING, 1 FAILED` */
const countJobs = (jobs: readonly Job[]): string =>
  [...Map.groupBy(jobs, ({ state }) => state)].map(([state, { length }]) => `${length} ${state}`).join(', ');

/** From the creation to the end, or until now. */
const lastedMs = ({ createdAt, endedAt }: ClusterRow): number =>
  (endedAt === '' ? Date.now() : Date.parse(endedAt)) - Date.parse(createdAt);

export const columns: readonly Column<ClusterRow>[] = [
  {
    id: 'clusterId',
    width: 160,
    header: 'Cluster',
    cell: ({ cluster }) => (
      <ViewLink href={clusterPath(cluster.target, cluster.clusterId)}>{cluster.clusterId}</ViewLink>
    ),
    sortingField: 'clusterId',
    isRowHeader: true,
  },
  {
    id: 'state',
    width: 145,
    header: 'State',
    cell: ({ state }) => <StateBadge kind="cluster" state={state} />,
    sortingField: 'state',
  },
  { id: 'message', width: 240, header: 'Reason', cell: ({ message }) => <span title={message}>{message || '–'}</span> },
  { id: 'mode', width: 125, header: 'Mode', cell: ({ mode }) => mode, sortingField: 'mode' },
  {
    id: 'createdAt',
    width: 115,
    header: 'Created',
    cell: ({ createdAt }) => <RelativeTime value={createdAt} />,
    sortingField: 'createdAt',
  },
  {
    id: 'lasted',
    width: 105,
    header: 'Lasted',
    cell: ({ createdAt, endedAt }) => <Duration from={createdAt} to={endedAt || undefined} />,
    sortingComparator: (one, other) => lastedMs(one) - lastedMs(other),
  },
  {
    id: 'endedAt',
    width: 115,
    header: 'Ended',
    cell: ({ endedAt }) => <RelativeTime value={endedAt || undefined} />,
    sortingField: 'endedAt',
  },
  {
    id: 'endsAt',
    width: 105,
    header: 'End',
    cell: ({ endsAt }) => <RelativeTime value={endsAt || undefined} />,
    sortingField: 'endsAt',
  },
  { id: 'team', width: 110, header: 'Team', cell: ({ team }) => team || '–', sortingField: 'team' },
  {
    id: 'jobs',
    width: 130,
    header: 'Jobs',
    cell: ({ cluster }) => `${countJobs(cluster.jobs ?? []) || '–'}${cluster.hasMoreJobs === true ? ' and more' : ''}`,
    sortingField: 'jobs',
  },
  {
    id: 'flinkVersion',
    width: 110,
    header: 'Flink',
    cell: ({ flinkVersion }) => flinkVersion,
    sortingField: 'flinkVersion',
  },
  {
    id: 'reachable',
    width: 130,
    header: 'Reachable',
    cell: ({ reachable }) => reachable || '–',
    sortingField: 'reachable',
  },
  { id: 'image', width: 200, header: 'Image', cell: ({ image }) => image, sortingField: 'image' },
  { id: 'labels', width: 220, header: 'Labels', cell: ({ labels }) => labels || '–' },
  {
    id: 'updatedAt',
    width: 210,
    header: 'Last change',
    cell: ({ cluster }) => <Time value={cluster.updatedAt} />,
    sortingComparator: (one, other) => Date.parse(one.cluster.updatedAt) - Date.parse(other.cluster.updatedAt),
  },
];

/** They fit on a screen of 1,400 pixels. A live cluster has lasted since it was created, and one that has ended has no end to come. */
export const defaultColumns: Readonly<Record<Scope, readonly string[]>> = {
  live: ['clusterId', 'state', 'message', 'mode', 'createdAt', 'endsAt', 'jobs'],
  ended: ['clusterId', 'state', 'message', 'createdAt', 'lasted', 'endedAt', 'jobs'],
  all: ['clusterId', 'state', 'message', 'createdAt', 'lasted', 'endedAt', 'jobs'],
};
