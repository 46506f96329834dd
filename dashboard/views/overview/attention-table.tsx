import Header from '@cloudscape-design/components/header';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';

import type { Cluster } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ShortText } from '../../components/short-text.tsx';
import { Time, useNowMs } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { type Attention, findAttention } from '../../model/clusters/attention.ts';

const looks: Readonly<Record<Attention['kind'], { readonly type: StatusIndicatorProps.Type; readonly text: string }>> =
  {
    failed: { type: 'error', text: 'Failed' },
    unreachable: { type: 'error', text: 'Unreachable' },
    unhealthy: { type: 'warning', text: 'Unhealthy' },
    job: { type: 'warning', text: 'Job' },
  };

const maxRows = 10;

interface AttentionTableProps {
  readonly clusters: readonly Cluster[];
  readonly isLoading: boolean;
}

/** Clusters that are failing or unreachable, and the failures of the last day. */
export const AttentionTable = ({ clusters, isLoading }: AttentionTableProps) => {
  const nowMs = useNowMs(60_000);
  const found = findAttention(clusters, nowMs);
  const shown = found.slice(0, maxRows);
  return (
    <Table
      header={
        <Header
          variant="h2"
          counter={isLoading ? undefined : `(${found.length})`}
          description={
            found.length > maxRows ? `The first ${maxRows} of ${found.length}` : 'Failing or unreachable clusters'
          }
        >
          Needs attention
        </Header>
      }
      items={shown}
      loading={isLoading}
      loadingText="Loading clusters"
      empty={<EmptyState title="Nothing needs attention" />}
      wrapLines
      columnDefinitions={useStackedColumns<Attention>([
        {
          id: 'cluster',
          header: 'Cluster',
          cell: ({ target, clusterId }) => <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>,
          isRowHeader: true,
        },
        { id: 'target', header: 'Target', cell: ({ target }) => target },
        {
          id: 'kind',
          header: 'What',
          minWidth: 140,
          cell: ({ kind }) => (
            <StatusIndicator type={looks[kind].type} wrapText={false}>
              {looks[kind].text}
            </StatusIndicator>
          ),
        },
        { id: 'message', header: 'Why', minWidth: 260, cell: ({ message }) => <ShortText text={message} /> },
        { id: 'since', header: 'Since', minWidth: 200, cell: ({ since }) => <Time value={since} /> },
      ])}
    />
  );
};
