import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo } from 'react';

import { useClusters } from '../../api/clusters/clusters.ts';
import { useOperations, useReadOperations } from '../../api/operations/operations.ts';
import { useQueue } from '../../api/operations/queue.ts';
import type { Cluster, Operation, QueueView } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath, operationPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time, useNowMs } from '../../components/time.tsx';
import { type Column, usePreferences } from '../../hooks/use-preferences.tsx';
import { collectOperations, findRecentClusters, type KnownOperation } from '../../model/operations/operations.ts';
import { endedStates } from '../../model/states.ts';

/** How many clusters are read for their operations. */
const maxClusters = 1_000;

/** How many operations are read by their ID. */
const maxRead = 20;

/** Operations that the page knows without a search: the API finds operations by their ID alone. */
export const KnownOperations = ({ target }: { readonly target: string }) => {
  const queue = useQueue(target);
  const live = useClusters(target, { maxClusters });
  const ended = useClusters(target, { state: endedStates.join(','), maxClusters });
  const isLoading = live.isPending || ended.isPending;
  const rows = useRows(target, queue.data, [...(live.data?.items ?? []), ...(ended.data?.items ?? [])], isLoading);
  const columns = useMemo(() => createColumns(target), [target]);
  const { pageSize, tableProps, control } = usePreferences({ name: 'operations', columns, defaultColumns });
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
    filtering: { noMatch: <EmptyState title="No matches">No known operation matches the filter.</EmptyState> },
    pagination: { pageSize },
    sorting: { defaultState: { sortingColumn: { sortingField: 'at' }, isDescending: true } },
  });
  const error = live.error ?? ended.error ?? queue.error;
  return (
    <SpaceBetween size="m">
      {error === null ? null : <ProblemAlert error={error} />}
      <Table
        {...collectionProps}
        items={items}
        trackBy="operationId"
        loading={isLoading}
        loadingText="Loading clusters"
        resizableColumns
        {...tableProps}
        ariaLabels={{ tableLabel: 'Recent operations' }}
        empty={rows.length === 0 ? <EmptyState title="No known operations" /> : collectionProps.empty}
        header={
          <Header variant="h2" counter={isLoading ? undefined : `(${rows.length})`} description={description}>
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

const description = `Those that you have opened or started here, those in the queue, and the deploys, rollouts and stops of clusters that live or ended during the last day. The ${maxRead} newest have their state; open an older one to see it.`;

/** The operations that are known, after the newest of them were read. */
const useRows = (
  target: string,
  queue: QueueView | undefined,
  clusters: readonly Cluster[],
  isLoading: boolean,
): readonly KnownOperation[] => {
  const recent = findRecentClusters(clusters, useNowMs(60_000));
  const collect = (read: readonly Operation[]) => collectOperations(read, queue, recent);
  const newest = collect(useReadOperations(target)).slice(0, maxRead);
  // While some clusters load, others would be asked for in vain.
  useOperations(target, isLoading ? [] : newest.map(({ operationId }) => operationId));
  return collect(useReadOperations(target));
};

const createColumns = (target: string): readonly Column<KnownOperation>[] => [
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
    width: 150,
    header: 'State',
    cell: ({ state }) => (state === undefined ? '–' : <StateBadge kind="operation" state={state} />),
    sortingField: 'state',
  },
  { id: 'kind', width: 130, header: 'Command', cell: ({ kind }) => kind, sortingField: 'kind' },
  { id: 'at', width: 250, header: 'Requested', cell: ({ at }) => <Time value={at} />, sortingField: 'at' },
  {
    id: 'operationId',
    width: 295,
    header: 'Operation',
    cell: ({ operationId }) => <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>,
    isRowHeader: true,
  },
];

const defaultColumns = ['clusterId', 'state', 'kind', 'at', 'operationId'];
