import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';

import type { Operation } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { operationPath } from '../../app/paths.ts';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';

interface RestoredJobTableProps {
  readonly target: string;
  readonly jobs: NonNullable<Operation['restoredJobs']>;
}

/** The jobs that a session submits again. */
export const RestoredJobTable = ({ target, jobs }: RestoredJobTableProps) => (
  <Table
    items={jobs}
    trackBy="jobId"
    wrapLines
    ariaLabels={{ tableLabel: 'Restored jobs' }}
    header={
      <Header
        variant="h2"
        counter={`(${jobs.length})`}
        description="Each has a submit operation with its job ID, which exists when the session runs."
      >
        Restored jobs
      </Header>
    }
    columnDefinitions={useStackedColumns<RestoredJobTableProps['jobs'][number]>([
      { id: 'name', header: 'Job', minWidth: 160, isRowHeader: true, cell: ({ name }) => name },
      {
        id: 'operation',
        header: 'Submit operation',
        minWidth: 200,
        cell: ({ jobId }) => <ViewLink href={operationPath(target, jobId)}>{jobId}</ViewLink>,
      },
      {
        id: 'savepoint',
        header: 'Starts from',
        minWidth: 240,
        cell: ({ savepoint }) => savepoint ?? 'empty state',
      },
      { id: 'former', header: 'Former job', minWidth: 200, cell: ({ formerJobId }) => formerJobId },
    ])}
  />
);
