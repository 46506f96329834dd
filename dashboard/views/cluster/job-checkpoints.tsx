import Header from '@cloudscape-design/components/header';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';

import { EmptyState } from '../../components/empty-state.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { formatBytes } from '../../model/bytes.ts';
import type { Checkpoint, Checkpoints } from '../../model/jobs/job-details.ts';
import { formatMs } from './job-columns.tsx';

const looks: Readonly<Record<string, 'success' | 'error' | 'in-progress'>> = {
  COMPLETED: 'success',
  FAILED: 'error',
  IN_PROGRESS: 'in-progress',
};

/** The newest checkpoints of a job. */
export const JobCheckpoints = ({ name, checkpoints }: { readonly name: string; readonly checkpoints: Checkpoints }) => (
  <Table
    header={
      <Header variant="h2" description={<Summary checkpoints={checkpoints} />}>
        Checkpoints of {name}
      </Header>
    }
    items={checkpoints.history}
    trackBy={({ id }) => String(id)}
    wrapLines
    empty={
      <EmptyState title="No checkpoints">The option execution.checkpointing.interval switches them on.</EmptyState>
    }
    columnDefinitions={useStackedColumns<Checkpoint>([
      { id: 'id', header: 'Number', minWidth: 90, cell: ({ id }) => id, isRowHeader: true },
      { id: 'kind', header: 'Kind', minWidth: 110, cell: ({ kind }) => kind },
      {
        id: 'status',
        header: 'Status',
        minWidth: 150,
        cell: ({ status }) => (
          <StatusIndicator type={looks[status] ?? 'info'} wrapText={false}>
            {status}
          </StatusIndicator>
        ),
      },
      { id: 'at', header: 'Triggered', minWidth: 215, cell: ({ triggeredAt }) => <Time value={triggeredAt} /> },
      {
        id: 'duration',
        header: 'Duration',
        minWidth: 110,
        cell: ({ durationMs: ms }) => (ms === undefined ? '–' : formatMs(ms)),
      },
      {
        id: 'size',
        header: 'Size',
        minWidth: 100,
        cell: ({ sizeBytes }) => (sizeBytes === undefined ? '–' : formatBytes(sizeBytes)),
      },
      { id: 'path', header: 'Path or failure', minWidth: 240, cell: describePlace },
    ])}
  />
);

const describePlace = ({ failure, path, isInternal }: Checkpoint): string =>
  failure ?? (isInternal === true ? 'not stored externally' : (path ?? '–'));

const Summary = ({
  checkpoints: { completed, failed, inProgress, lastFailure },
}: {
  readonly checkpoints: Checkpoints;
}) => (
  <>
    {`${completed} complete, ${failed} failed, ${inProgress} in progress`}
    {lastFailure === undefined ? null : (
      <>
        <br />
        <span>
          Last failure: checkpoint {lastFailure.id} at <Time value={lastFailure.at} />: {lastFailure.reason}
        </span>
      </>
    )}
  </>
);
