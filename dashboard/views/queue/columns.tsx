import type { QueuedCommand } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath, operationPath } from '../../app/paths.ts';
import { Duration, Time } from '../../components/time.tsx';
import type { Column } from '../../hooks/use-preferences.tsx';

export const createColumns = (target: string): readonly Column<QueuedCommand>[] => [
  {
    id: 'clusterId',
    width: 160,
    header: 'Cluster',
    cell: ({ clusterId }) => <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>,
    sortingField: 'clusterId',
    isRowHeader: true,
  },
  { id: 'position', width: 120, header: 'Position', cell: ({ position }) => position, sortingField: 'position' },
  { id: 'reason', width: 330, header: 'Why', cell: ({ reason, message }) => `${reason}: ${message}` },
  { id: 'since', width: 120, header: 'Waits', cell: ({ since }) => <Duration from={since} />, sortingField: 'since' },
  { id: 'kind', width: 130, header: 'Command', cell: ({ kind }) => kind, sortingField: 'kind' },
  { id: 'team', width: 120, header: 'Team', cell: ({ team }) => team || '–', sortingField: 'team' },
  { id: 'priority', width: 120, header: 'Priority', cell: ({ priority }) => priority, sortingField: 'priority' },
  {
    id: 'operationId',
    width: 310,
    header: 'Operation',
    cell: ({ operationId }) => <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>,
  },
  {
    id: 'deadline',
    width: 210,
    header: 'Latest start',
    cell: ({ deadline }) => <Time value={deadline} />,
    sortingField: 'deadline',
  },
  { id: 'dependsOn', width: 320, header: 'Depends on', cell: ({ dependsOn }) => dependsOn.join(', ') || '–' },
  { id: 'principal', width: 320, header: 'Principal', cell: ({ principal }) => principal, sortingField: 'principal' },
  { id: 'updatedBy', width: 320, header: 'Priority set by', cell: ({ updatedBy }) => updatedBy ?? '–' },
];

export const defaultColumns = ['clusterId', 'position', 'kind', 'team', 'priority', 'since', 'reason', 'operationId'];
