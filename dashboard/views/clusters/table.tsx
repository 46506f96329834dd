import { useCollection } from '@cloudscape-design/collection-hooks';
import Button from '@cloudscape-design/components/button';
import Pagination from '@cloudscape-design/components/pagination';
import PropertyFilter, { type PropertyFilterProps } from '@cloudscape-design/components/property-filter';
import Table from '@cloudscape-design/components/table';
import { type ReactNode, useEffect, useState } from 'react';

import type { Cluster } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Message } from '../../components/message.tsx';
import { usePreferences } from '../../hooks/use-preferences.tsx';
import { type ClusterRow, columns, defaultColumns } from './columns.tsx';
import { filteringProperties } from './filter.ts';
import type { Scope } from './scope.ts';

interface ClusterTableProps {
  readonly scope: Scope;
  readonly rows: readonly ClusterRow[];
  readonly isLoading: boolean;
  /** State that the filter begins with. */
  readonly initialState: string | undefined;
  /** Called with the state that the filter asks for, if it asks for nothing else. */
  readonly onOnlyState: (state: string | undefined) => void;
  readonly emptyTitle: string;
  readonly emptyAction: ReactNode;
  readonly renderHeader: (counter: string, selected: Cluster | undefined) => ReactNode;
}

export const ClusterTable = (props: ClusterTableProps) => {
  const { scope, rows, isLoading, initialState, onOnlyState, emptyTitle, emptyAction, renderHeader } = props;
  const [selectedId, setSelectedId] = useState<string>();
  const selected = rows.find(({ clusterId }) => clusterId === selectedId);
  const { pageSize, tableProps, control } = usePreferences({
    name: scope === 'live' ? 'clusters' : `clusters.${scope}`,
    columns,
    defaultColumns: defaultColumns[scope],
  });
  const { items, actions, collectionProps, propertyFilterProps, paginationProps, filteredItemsCount } = useCollection(
    rows,
    {
      propertyFiltering: {
        filteringProperties,
        defaultQuery: {
          operation: 'and',
          tokens: initialState === undefined ? [] : [{ propertyKey: 'state', operator: '=', value: initialState }],
        },
      },
      pagination: { pageSize },
      sorting: {
        defaultState: { sortingColumn: { sortingField: 'createdAt' }, isDescending: true },
      },
    },
  );
  const onlyState = findOnlyState(propertyFilterProps.query);
  useEffect(() => onOnlyState(onlyState), [onOnlyState, onlyState]);
  const counter =
    filteredItemsCount === undefined || filteredItemsCount === rows.length
      ? `(${rows.length})`
      : `(${filteredItemsCount} of ${rows.length})`;
  return (
    <Table
      {...collectionProps}
      items={items}
      empty={
        rows.length === 0 ? (
          <EmptyState title={emptyTitle} action={emptyAction}>
            <Message text="Deploy one here, or with `drey kubernetes-session` or `drey run`." />
          </EmptyState>
        ) : (
          <NoMatch onClear={() => actions.setPropertyFiltering({ tokens: [], operation: 'and' })} />
        )
      }
      trackBy="clusterId"
      selectionType="single"
      selectedItems={selected === undefined ? [] : [selected]}
      onSelectionChange={({ detail }) => setSelectedId(detail.selectedItems[0]?.clusterId)}
      ariaLabels={{
        selectionGroupLabel: 'Cluster of the actions',
        itemSelectionLabel: (_, { clusterId }) => `Select ${clusterId}`,
      }}
      variant="full-page"
      stickyHeader
      resizableColumns
      loading={isLoading}
      loadingText="Loading clusters"
      {...tableProps}
      header={renderHeader(isLoading ? '' : counter, selected?.cluster)}
      filter={
        <PropertyFilter
          {...propertyFilterProps}
          filteringPlaceholder="Find clusters by text or property"
          countText={`${filteredItemsCount ?? 0} matches`}
        />
      }
      pagination={<Pagination {...paginationProps} />}
      preferences={control}
    />
  );
};

const findOnlyState = ({ tokens, tokenGroups = tokens }: PropertyFilterProps.Query): string | undefined => {
  const [token, ...others] = tokenGroups;
  const isState = token !== undefined && 'operator' in token && token.propertyKey === 'state' && token.operator === '=';
  return isState && others.length === 0 ? String(token.value) : undefined;
};

const NoMatch = ({ onClear }: { readonly onClear: () => void }) => (
  <EmptyState title="No matches" action={<Button onClick={onClear}>Clear the filter</Button>}>
    No cluster matches the filter.
  </EmptyState>
);
