import Alert from '@cloudscape-design/components/alert';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

import { JobActions } from '../../actions/jobs/job-actions.tsx';
import { useJobs } from '../../api/clusters/cluster.ts';
import { useFact } from '../../api/clusters/logs.ts';
import type { Cluster } from '../../api/types.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Message } from '../../components/message.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { parseJobDetails, type JobRow, toJobRows } from '../../model/jobs/job-details.ts';
import { describeNoJobs } from '../../model/jobs/no-jobs.ts';
import { toFactCommand } from '../../model/jobs/log-selection.ts';
import { mayHavePods } from '../../model/states.ts';
import { JobCheckpoints } from './job-checkpoints.tsx';
import { JobGraphs } from './job-graphs.tsx';
import { jobColumns } from './job-columns.tsx';
import { LogSource } from './log-source.tsx';
import { MissingPart } from './missing-part.tsx';
import type { TabProps } from './tab-props.ts';

/** The jobs of an incarnation, and of the chosen one its checkpoints and what it does now. */
export const JobsTab = ({ cluster }: TabProps) => {
  const { target, clusterId, operationId, state } = cluster;
  const [parameters, setParameters] = useSearchParams();
  const incarnation = parameters.get('incarnation') ?? undefined;
  const isCurrent = incarnation === undefined || incarnation === operationId;
  const isLive = isCurrent && mayHavePods(cluster);
  const jobs = useJobs(cluster);
  const file = { file: 'jobs', ...(isCurrent ? {} : { incarnation }) } as const;
  const facts = useFact(cluster, file, { live: isLive, enabled: state !== 'QUEUED' });
  const known = (jobs.data?.jobs ?? []).filter((job) => isCurrent && job.clusterOperationId === operationId);
  const rows = toJobRows(known, parseJobDetails(facts.data?.content));
  const selected = rows.find(({ jobId }) => jobId === parameters.get('job')) ?? rows[0];
  return (
    <SpaceBetween size="l">
      {isCurrent || facts.error !== null ? null : (
        <Alert type="info" header="An earlier incarnation">
          These are the jobs as they were kept at the end of incarnation {incarnation}.
        </Alert>
      )}
      {jobs.error === null ? null : <ProblemAlert error={jobs.error} onRetry={() => void jobs.refetch()} />}
      <JobTable
        rows={rows}
        isLoading={jobs.isPending || (facts.isPending && rows.length === 0 && facts.fetchStatus !== 'idle')}
        selected={selected}
        actions={selected === undefined || !isCurrent ? undefined : <JobActions cluster={cluster} job={selected} />}
        description={isLive && jobs.data?.isReachable === false ? 'As Drey last observed them' : undefined}
        empty={isCurrent ? describeNoJobs(cluster) : 'No details of jobs were kept.'}
        hasMore={jobs.data?.hasMore === true}
        onSelect={(jobId) => setParameters({ ...Object.fromEntries(parameters), job: jobId }, { replace: true })}
      />
      {isCurrent && rows.length === 0 ? null : (
        <MissingPart what="Details of the jobs" error={facts.error} onRetry={facts.refetch} />
      )}
      {facts.data === undefined ? null : <LogSource what="Details of the jobs" answer={facts.data} />}
      {selected?.details === undefined ? null : <SelectedJob cluster={cluster} row={selected} isLive={isLive} />}
      <CommandLine
        words={
          isCurrent
            ? ['list', '--at', target, `-Dkubernetes.cluster-id=${clusterId}`, '--all']
            : toFactCommand(cluster, '--job-details', incarnation)
        }
      />
    </SpaceBetween>
  );
};

interface JobTableProps {
  readonly rows: readonly JobRow[];
  readonly isLoading: boolean;
  readonly selected: JobRow | undefined;
  readonly actions: ReactNode;
  readonly description: string | undefined;
  readonly hasMore: boolean;
  /** Why there are no jobs. */
  readonly empty: string;
  readonly onSelect: (jobId: string) => void;
}

const JobTable = ({ rows, isLoading, selected, actions, description, hasMore, empty, onSelect }: JobTableProps) => (
  <Table
    header={
      <Header
        variant="h2"
        counter={isLoading ? undefined : `(${rows.length}${hasMore ? '+' : ''})`}
        description={description}
        actions={actions}
      >
        Jobs
      </Header>
    }
    items={rows}
    trackBy="jobId"
    loading={isLoading}
    loadingText="Loading jobs"
    selectionType="single"
    selectedItems={selected === undefined ? [] : [selected]}
    onSelectionChange={({ detail }) => onSelect(detail.selectedItems[0]?.jobId ?? '')}
    ariaLabels={{
      selectionGroupLabel: 'Job to show',
      itemSelectionLabel: (_, { name, jobId }) => `Show job ${name} ${jobId}`,
    }}
    wrapLines
    empty={
      <EmptyState title="No jobs">
        <Message text={empty} />
      </EmptyState>
    }
    columnDefinitions={useStackedColumns(jobColumns)}
  />
);

interface SelectedJobProps {
  readonly cluster: Cluster;
  readonly row: JobRow;
  readonly isLive: boolean;
}

const SelectedJob = ({ cluster, row: { jobId, name, state, details }, isLive }: SelectedJobProps) =>
  details === undefined ? null : (
    <SpaceBetween size="l">
      {isLive ? (
        <JobGraphs
          key={jobId}
          cluster={cluster}
          jobId={jobId}
          name={name}
          vertices={details.vertices}
          isRunning={state === 'RUNNING'}
        />
      ) : null}
      <JobCheckpoints name={name} checkpoints={details.checkpoints} />
    </SpaceBetween>
  );
