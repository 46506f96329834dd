import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';

import type { QueuedCommand, QueueView } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ShortText } from '../../components/short-text.tsx';
import { Duration } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';

/** Of each target. */
const maxRows = 5;

interface QueuedTableProps {
  readonly queues: readonly QueueView[];
  readonly isLoading: boolean;
}

/** The first queued commands of each target, and why they wait. */
export const QueuedTable = ({ queues, isLoading }: QueuedTableProps) => {
  const total = queues.reduce((sum, { length }) => sum + length, 0);
  const shown = queues.flatMap(({ target, queued }) =>
    queued.slice(0, maxRows).map((command) => ({ ...command, target })),
  );
  return (
    <Table
      header={
        <Header
          variant="h2"
          counter={isLoading ? undefined : `(${total})`}
          description={shown.length < total ? `The first ${maxRows} of each target` : 'Why commands wait'}
        >
          Queued
        </Header>
      }
      items={shown}
      trackBy="operationId"
      loading={isLoading}
      loadingText="Loading queues"
      empty={<EmptyState title="No command waits" />}
      wrapLines
      columnDefinitions={useStackedColumns<QueuedCommand & { readonly target: string }>([
        {
          id: 'cluster',
          header: 'Cluster',
          cell: ({ target, clusterId }) => <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>,
          isRowHeader: true,
        },
        { id: 'target', header: 'Target', cell: ({ target }) => target },
        { id: 'position', header: 'Position', cell: ({ position }) => position },
        { id: 'kind', header: 'Command', cell: ({ kind }) => kind },
        { id: 'team', header: 'Team', cell: ({ team }) => team },
        { id: 'since', header: 'Waits', minWidth: 110, cell: ({ since }) => <Duration from={since} /> },
        {
          id: 'reason',
          header: 'Why',
          minWidth: 260,
          cell: ({ reason, message }) => <ShortText text={`${reason}: ${message}`} />,
        },
      ])}
    />
  );
};
