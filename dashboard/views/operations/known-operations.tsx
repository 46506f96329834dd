import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo } from 'react';

import { useClusters } from '../../api/clusters/clusters.ts';
import { useReadOperations } from '../../api/operations/operations.ts';
import { useQueue } from '../../api/operations/queue.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath, operationPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { type Column, usePreferences } from '../../hooks/use-preferences.tsx';
import { collectOperations, type KnownOperation } from '../../model/operations/operations.ts';

/** How many clusters are read for their operations. */
const maxClusters = 1_000;

/** Operations that the page knows without a search: the API finds operations by their ID alone. */
export const KnownOperations = ({ target }: { readonly target: string }) => {
  const read = useReadOperations(target);
  const queue = useQueue(target);
  const clusters = useClusters(target, { maxClusters });
  const rows = collectOperations(read, queue.data, clusters.data?.items ?? []);
  const columns = useMemo(() => createColumns(target), [target]);
  const { preferences, control } = usePreferences({ name: 'operations', columns, defaultColumns });
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
    filtering: { noMatch: <EmptyState title="No matches">No known operation matches the filter.</EmptyState> },
    pagination: { pageSize: preferences.pageSize },
    sorting: { defaultState: { sortingColumn: { sortingField: 'at' }, isDescending: true } },
  });
  const error = clusters.error ?? queue.error;
  return (
    <SpaceBetween size="m">
      {error === null ? null : <ProblemAlert error={error} />}
      <Table
        {...collectionProps}
        items={items}
        trackBy="operationId"
        loading={clusters.isPending}
        loadingText="Loading clusters"
        resizableColumns
        columnDefinitions={columns}
        columnDisplay={preferences.columnDisplay}
        wrapLines={preferences.wrapLines}
        contentDensity={preferences.contentDensity}
        ariaLabels={{ tableLabel: 'Recent operations' }}
        empty={rows.length === 0 ? <EmptyState title="No known operations" /> : collectionProps.empty}
        header={
          <Header
            variant="h2"
            counter={clusters.isPending ? undefined : `(${rows.length})`}
            description="Those that you have opened or started here, those in the queue, and those that deployed or change the live clusters."
          >
            Recent operations
          </Header>
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find operations by ID, cluster or command"
            filteringAriaLabel="Find operations"
            countText={`${filteredItemsCount ?? 0} matches`}
          />
        }
        pagination={<Pagination {...paginationProps} />}
        preferences={control}
      />
    </SpaceBetween>
  );
};

const createColumns = (target: string): readonly Column<KnownOperation>[] => [
  {
    id: 'operationId',
    width: 295,
    header: 'Operation',
    cell: ({ operationId }) => <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>,
    isRowHeader: true,
  },
  { id: 'kind', width: 120, header: 'Command', cell: ({ kind }) => kind, sortingField: 'kind' },
  {
    id: 'clusterId',
    width: 160,
    header: 'Cluster',
    cell: ({ clusterId, kind }) =>
      kind === 'batch' ? clusterId : <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>,
    sortingField: 'clusterId',
  },
  {
    id: 'state',
    width: 160,
    header: 'State',
    cell: ({ state }) => (state === undefined ? '–' : <StateBadge kind="operation" state={state} />),
    sortingField: 'state',
  },
  { id: 'at', width: 210, header: 'Requested', cell: ({ at }) => <Time value={at} />, sortingField: 'at' },
];

const defaultColumns = ['operationId', 'kind', 'clusterId', 'state', 'at'];
