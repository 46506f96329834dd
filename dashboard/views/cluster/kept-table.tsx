import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { UseQueryResult } from '@tanstack/react-query';

import type { Cluster, KeptFile, KeptIncarnation } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterTabPath, operationPath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { formatBytes } from '../../model/bytes.ts';

interface KeptTableProps {
  readonly cluster: Cluster;
  readonly query: UseQueryResult<readonly KeptIncarnation[]>;
}

/** What is kept of each incarnation, and what could not be kept. */
export const KeptTable = ({ cluster, query: { data, error, isPending, refetch } }: KeptTableProps) => (
  <SpaceBetween size="m">
    {error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />}
    <Table
      header={
        <Header variant="h2" description="Logs and other files that outlive the pods, by incarnation">
          Kept logs
        </Header>
      }
      items={data ?? []}
      trackBy="operationId"
      loading={isPending}
      loadingText="Loading the kept logs"
      wrapLines
      empty={<EmptyState title="Nothing is kept">Logs are kept when a cluster ends or a container crashes.</EmptyState>}
      columnDefinitions={useStackedColumns<KeptIncarnation>([
        { id: 'at', header: 'Kept at', minWidth: 200, cell: ({ at }) => <Time value={at} />, isRowHeader: true },
        { id: 'revision', header: 'Revision', minWidth: 100, cell: ({ revision }) => revision ?? '–' },
        {
          id: 'files',
          header: 'Files',
          minWidth: 260,
          cell: (kept) => (kept.files.length === 0 ? '–' : <Files cluster={cluster} kept={kept} />),
        },
        {
          id: 'leftOut',
          header: 'Left out',
          minWidth: 200,
          cell: ({ leftOut }) => leftOut.map(({ name, reason }) => `${name}: ${reason}`).join(' ') || '–',
        },
        {
          id: 'operation',
          header: 'Deploy operation',
          minWidth: 180,
          cell: ({ operationId }) => (
            <ViewLink href={operationPath(cluster.target, operationId)}>{operationId}</ViewLink>
          ),
        },
      ])}
    />
  </SpaceBetween>
);

const Files = ({
  cluster: { target, clusterId },
  kept,
}: {
  readonly cluster: Cluster;
  readonly kept: KeptIncarnation;
}) => (
  <SpaceBetween size="xxs">
    {kept.files.map((file) => (
      <div key={file.name}>
        <ViewLink href={clusterTabPath(target, clusterId, { ...placeOf(file), incarnation: kept.operationId })}>
          {nameOf(file)}
        </ViewLink>{' '}
        {formatBytes(file.bytes)}
        {file.truncated === true ? ', the newest part' : ''}
      </div>
    ))}
  </SpaceBetween>
);

const kinds = { exceptions: 'Exceptions', jobs: 'Job details', configuration: 'Configuration' } as const;

const nameOf = ({ kind, pod, restart = 0 }: KeptFile): string =>
  kind === 'log' ? `${pod ?? 'log'}${restart === 0 ? '' : `, after ${restart} restarts`}` : kinds[kind];

/** Where the dashboard shows a file. */
const placeOf = ({
  kind,
  pod,
  component,
  restart,
}: KeptFile): { readonly tab: string; readonly [name: string]: string } => {
  if (kind === 'jobs') return { tab: 'jobs' };
  if (kind === 'configuration') return { tab: 'configuration' };
  if (kind === 'exceptions') return { tab: 'logs', log: 'exceptions' };
  if (pod === undefined) return { tab: 'logs', log: component ?? 'jobmanager' };
  return { tab: 'logs', log: `pod/${pod}${restart === undefined ? '' : `/${restart}`}` };
};
