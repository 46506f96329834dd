import Box from '@cloudscape-design/components/box';

import type { Job, ListedCluster } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath } from '../../app/paths.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { Duration, Time } from '../../components/time.tsx';
import type { Column } from '../../hooks/use-preferences.tsx';
import { isTerminalState } from '../../model/states.ts';

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
  endsAt: isTerminalState('cluster', cluster.state) ? '' : (cluster.lifetime?.endsAt ?? ''),
});

/** `2 RUNNING, 1 FAILED` */
const countJobs = (jobs: readonly Job[]): string =>
  [...Map.groupBy(jobs, ({ state }) => state)].map(([state, { length }]) => `${length} ${state}`).join(', ');

const age = ({ cluster }: ClusterRow) => (
  <Duration from={cluster.createdAt} to={isTerminalState('cluster', cluster.state) ? cluster.updatedAt : undefined} />
);

export const columns: readonly Column<ClusterRow>[] = [
  {
    id: 'clusterId',
    width: 220,
    header: 'Cluster',
    cell: ({ cluster }) => (
      <ViewLink href={clusterPath(cluster.target, cluster.clusterId)}>{cluster.clusterId}</ViewLink>
    ),
    sortingField: 'clusterId',
    isRowHeader: true,
  },
  {
    id: 'state',
    width: 150,
    header: 'State',
    cell: ({ state }) => <StateBadge kind="cluster" state={state} />,
    sortingField: 'state',
  },
  { id: 'mode', width: 130, header: 'Mode', cell: ({ mode }) => mode, sortingField: 'mode' },
  { id: 'createdAt', width: 120, header: 'Age', cell: age, sortingField: 'createdAt' },
  {
    id: 'endsAt',
    width: 210,
    header: 'End',
    cell: ({ endsAt }) => <Time value={endsAt || undefined} />,
    sortingField: 'endsAt',
  },
  { id: 'team', width: 110, header: 'Team', cell: ({ team }) => team || '–', sortingField: 'team' },
  {
    id: 'jobs',
    width: 180,
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
  { id: 'message', width: 320, header: 'Reason', cell: ({ message }) => <Box color="inherit">{message || '–'}</Box> },
  {
    id: 'updatedAt',
    width: 210,
    header: 'Last change',
    cell: ({ cluster }) => <Time value={cluster.updatedAt} />,
    sortingComparator: (one, other) => Date.parse(one.cluster.updatedAt) - Date.parse(other.cluster.updatedAt),
  },
];

export const defaultColumns = ['clusterId', 'state', 'mode', 'createdAt', 'endsAt', 'team', 'jobs', 'message'];
