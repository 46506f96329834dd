import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useQueries } from '@tanstack/react-query';

import { lastTransitionsQuery } from '../../api/clusters/transitions.ts';
import type { Cluster, Transition } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { ShortText } from '../../components/short-text.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { describeCause, describeSubject, findLastChanged, sortEvents } from '../../model/clusters/last-events.ts';

/** Each of them is a request, when the cluster changes. */
const maxClusters = 8;
const maxRows = 10;

interface EventTableProps {
  readonly clusters: readonly Cluster[];
  readonly isLoading: boolean;
}

/** The last transitions of the clusters that changed last. */
export const EventTable = ({ clusters, isLoading }: EventTableProps) => {
  // While the clusters of some targets load, others would be asked for in vain.
  const queries = useQueries({
    queries: (isLoading ? [] : findLastChanged(clusters, maxClusters)).map(lastTransitionsQuery),
  });
  const events = sortEvents(
    queries.flatMap(({ data }) => data ?? []),
    maxRows,
  );
  const failed = queries.find(({ error }) => error !== null);
  return (
    <>
      {failed === undefined ? null : <ProblemAlert error={failed.error} onRetry={() => void failed.refetch()} />}
      <Table
        header={
          <Header variant="h2" description={`The last ${maxRows} changes of live and failed clusters, newest first`}>
            Last events
          </Header>
        }
        items={events}
        trackBy="id"
        loading={isLoading || (events.length === 0 && queries.some(({ isPending }) => isPending))}
        loadingText="Loading events"
        empty={<EmptyState title="No events" />}
        wrapLines
        ariaLabels={{ tableLabel: 'Last events' }}
        columnDefinitions={useStackedColumns<Transition>([
          { id: 'at', header: 'When', minWidth: 200, cell: ({ at }) => <Time value={at} /> },
          {
            id: 'cluster',
            header: 'Cluster',
            cell: ({ target, clusterId }) => <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>,
            isRowHeader: true,
          },
          { id: 'target', header: 'Target', cell: ({ target }) => target },
          { id: 'subject', header: 'What', minWidth: 140, cell: describeSubject },
          {
            id: 'to',
            header: 'New state',
            minWidth: 150,
            cell: ({ subject, to }) => <StateBadge kind={subject} state={to} />,
          },
          {
            id: 'cause',
            header: 'Why',
            minWidth: 240,
            cell: (event) => <ShortText text={describeCause(event) || '–'} />,
          },
        ])}
      />
    </>
  );
};
