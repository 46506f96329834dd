import Header from '@cloudscape-design/components/header';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';

import type { ScheduleRun } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath, operationPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { type RunRow, toRows } from '../../model/schedules/runs.ts';
import { findLook } from '../../model/states.ts';

/** Results that are no states of an operation. */
const looks: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  missed: 'warning',
  skipped: 'warning',
  'no clusters': 'info',
  unchanged: 'success',
  refused: 'error',
  pending: 'pending',
  accepted: 'info',
};

interface RunTableProps {
  readonly target: string;
  readonly runs: readonly ScheduleRun[];
}

/** What the runs of a schedule did to each cluster, newest first. */
export const RunTable = ({ target, runs }: RunTableProps) => {
  const rows = toRows(runs);
  return (
    <Table
      items={rows}
      trackBy="id"
      wrapLines
      ariaLabels={{ tableLabel: 'Runs' }}
      empty={<EmptyState title="The schedule has not run yet" />}
      header={
        <Header variant="h2" counter={`(${runs.length})`} description="The newest first. Runs are kept for 90 days.">
          Runs
        </Header>
      }
      columnDefinitions={useStackedColumns<RunRow>([
        {
          id: 'scheduledAt',
          header: 'When',
          minWidth: 200,
          isRowHeader: true,
          cell: ({ scheduledAt }) => <Time value={scheduledAt} />,
        },
        {
          id: 'cluster',
          header: 'Cluster',
          minWidth: 140,
          cell: ({ clusterId, jobId }) => (
            <>
              {clusterId === undefined ? '–' : <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>}
              {jobId === undefined ? null : <div>job {jobId}</div>}
            </>
          ),
        },
        { id: 'result', header: 'Result', minWidth: 140, cell: ({ result }) => <Result result={result} /> },
        { id: 'why', header: 'Why', minWidth: 240, cell: ({ why }) => why || '–' },
        {
          id: 'operation',
          header: 'Operation',
          minWidth: 160,
          cell: ({ operationId }) =>
            operationId === undefined ? (
              '–'
            ) : (
              <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>
            ),
        },
      ])}
    />
  );
};

const Result = ({ result }: Pick<RunRow, 'result'>) => (
  <StatusIndicator type={looks[result] ?? findLook('operation', result)} wrapText={false}>
    {result}
  </StatusIndicator>
);
