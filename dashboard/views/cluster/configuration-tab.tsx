import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { useFact } from '../../api/clusters/logs.ts';
import { usePlan, useRevision } from '../../api/clusters/revisions.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { type Option, origins, toOptions } from '../../model/clusters/configuration.ts';
import { toFactCommand } from '../../model/jobs/log-selection.ts';
import { mayHavePods } from '../../model/states.ts';
import { LogSource } from './log-source.tsx';
import { Manifests } from './manifests.tsx';
import { MissingPart } from './missing-part.tsx';
import type { TabProps } from './tab-props.ts';

/** The options that Flink has, where each one comes from, and the Kubernetes objects. */
export const ConfigurationTab = ({ cluster }: TabProps) => {
  const [parameters] = useSearchParams();
  const incarnation = parameters.get('incarnation') ?? undefined;
  const isOther = incarnation !== undefined && incarnation !== cluster.operationId;
  const isLive = !isOther && mayHavePods(cluster);
  const file = { file: 'configuration', ...(isOther ? { incarnation } : {}) } as const;
  const facts = useFact(cluster, file, { live: isLive, enabled: cluster.state !== 'QUEUED' });
  const revision = useRevision(cluster, isOther ? undefined : cluster.revision);
  const plan = usePlan(cluster, revision.data);
  const options = useMemo(() => toOptions(facts.data?.content, plan.data), [facts.data?.content, plan.data]);
  const isLoading = options.length === 0 && [facts, revision, plan].some((query) => query.isFetching);
  return (
    <SpaceBetween size="l">
      <MissingPart what="Options of Flink" error={facts.error} onRetry={facts.refetch} />
      <MissingPart what="Options of the revision" error={revision.error} onRetry={revision.refetch} />
      <MissingPart what="Origins of the options and manifests" error={plan.error} onRetry={plan.refetch} />
      {facts.data === undefined ? null : <LogSource what="Options of Flink" answer={facts.data} />}
      <OptionTable options={options} isLoading={isLoading} />
      {plan.data === undefined ? null : <Manifests plan={plan.data} />}
      <CommandLine words={toFactCommand(cluster, '--configuration', isOther ? incarnation : undefined)} />
    </SpaceBetween>
  );
};

const pageSize = 50;

const OptionTable = ({ options, isLoading }: { readonly options: readonly Option[]; readonly isLoading: boolean }) => {
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(options, {
    filtering: {
      filteringFunction: ({ key, value, origin }, text) =>
        `${key} ${value} ${origins[origin]}`.toLowerCase().includes(text.toLowerCase()),
      noMatch: <EmptyState title="No matches">No option matches the filter.</EmptyState>,
      empty: <EmptyState title="No options">Neither Flink nor the revision of the cluster has any.</EmptyState>,
    },
    pagination: { pageSize },
    sorting: { defaultState: { sortingColumn: { sortingField: 'key' } } },
  });
  return (
    <Table
      {...collectionProps}
      header={
        <Header
          variant="h2"
          counter={isLoading ? undefined : `(${options.length})`}
          description="The options as Flink has them. Values that may be secret are masked."
        >
          Effective configuration
        </Header>
      }
      items={items}
      trackBy="key"
      loading={isLoading}
      loadingText="Loading the configuration"
      wrapLines
      filter={
        <TextFilter
          {...filterProps}
          filteringPlaceholder="Find options"
          countText={`${filteredItemsCount ?? 0} matches`}
        />
      }
      pagination={<Pagination {...paginationProps} />}
      columnDefinitions={useStackedColumns<Option>([
        { id: 'key', header: 'Option', minWidth: 260, sortingField: 'key', cell: ({ key }) => key, isRowHeader: true },
        { id: 'value', header: 'Value', minWidth: 220, cell: describeValue },
        { id: 'origin', header: 'From', minWidth: 150, sortingField: 'origin', cell: ({ origin }) => origins[origin] },
      ])}
    />
  );
};

const describeValue = ({ value, isSecret, planned }: Option): string => {
  const text = value === '' ? '(empty)' : value;
  if (isSecret) return `${text} (masked)`;
  return planned === undefined ? text : `${text} (a deploy today: ${planned})`;
};
