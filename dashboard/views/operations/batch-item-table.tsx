import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';

import { useBatchItems } from '../../api/operations/operations.ts';
import type { BatchItem, Operation } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath, operationPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { countVerdicts } from '../../model/operations/batches.ts';

const looks: Readonly<Record<NonNullable<BatchItem['verdict']>, StatusIndicatorProps.Type>> = {
  FINISHED: 'success',
  FAILED: 'error',
  CANCELED: 'stopped',
};

/** The items of a batch with their verdicts. */
export const BatchItemTable = ({ operation }: { readonly operation: Operation }) => {
  const { target, operationId, verdict } = operation;
  const { data, error, isPending, refetch } = useBatchItems({ target, operationId }, verdict === undefined);
  const rows = data?.items ?? [];
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
    filtering: {
      noMatch: <EmptyState title="No matches">No item matches the filter.</EmptyState>,
      fields: ['clusterId', 'verdict', 'message'],
    },
    pagination: { pageSize: 50 },
    sorting: { defaultState: { sortingColumn: { sortingField: 'batchIndex' } } },
  });
  return (
    <SpaceBetween size="m">
      {error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Table
        {...collectionProps}
        items={items}
        trackBy="batchIndex"
        wrapLines
        loading={isPending}
        loadingText="Loading items"
        ariaLabels={{ tableLabel: 'Items' }}
        columnDefinitions={useStackedColumns(createColumns(target))}
        empty={
          rows.length === 0 ? <EmptyState title={error === null ? 'No items' : 'No data'} /> : collectionProps.empty
        }
        header={
          <Header
            variant="h2"
            counter={data === undefined ? undefined : `(${rows.length}${data.hasMore ? '+' : ''})`}
            description={countVerdicts(rows)}
          >
            Items
          </Header>
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find items by cluster, verdict or cause"
            filteringAriaLabel="Find items"
            countText={`${filteredItemsCount ?? 0} matches`}
          />
        }
        pagination={<Pagination {...paginationProps} />}
      />
    </SpaceBetween>
  );
};

const createColumns = (target: string) => [
  {
    id: 'batchIndex',
    header: 'Item',
    sortingField: 'batchIndex',
    isRowHeader: true,
    cell: ({ batchIndex }: BatchItem) => batchIndex,
  },
  {
    id: 'clusterId',
    header: 'Cluster',
    minWidth: 160,
    sortingField: 'clusterId',
    cell: ({ clusterId }: BatchItem) => <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>,
  },
  {
    id: 'verdict',
    header: 'Verdict',
    minWidth: 140,
    sortingField: 'verdict',
    cell: ({ verdict }: BatchItem) =>
      verdict === undefined ? (
        <StatusIndicator type="in-progress" wrapText={false}>
          not ended
        </StatusIndicator>
      ) : (
        <StatusIndicator type={looks[verdict]} wrapText={false}>
          {verdict}
        </StatusIndicator>
      ),
  },
  { id: 'message', header: 'Cause', minWidth: 240, cell: ({ message }: BatchItem) => message ?? '–' },
  {
    id: 'operationId',
    header: 'Operation',
    minWidth: 200,
    cell: ({ operationId }: BatchItem) =>
      operationId === undefined ? '–' : <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>,
  },
];
