import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';

import { DisposeSnapshot } from '../../actions/dispose-snapshot.tsx';
import { useSnapshots } from '../../api/clusters/revisions.ts';
import type { Snapshot } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { operationPath } from '../../app/paths.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Message } from '../../components/message.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { formatBytes } from '../../model/bytes.ts';
import { formatMs } from './job-columns.tsx';
import type { TabProps } from './tab-props.ts';

const looks = { IN_PROGRESS: 'in-progress', COMPLETED: 'success', FAILED: 'error', DISPOSED: 'stopped' } as const;

/** The savepoints and checkpoints that were taken of the cluster ID. */
export const SnapshotsTab = ({ cluster }: TabProps) => {
  const { target, clusterId } = cluster;
  const { data, error, isPending, refetch } = useSnapshots(cluster);
  const [selectedId, setSelectedId] = useState<string>();
  const selected = data?.snapshots.find(({ snapshotId }) => snapshotId === selectedId);
  const counter = data && `(${data.snapshots.length}${data.hasMore ? '+' : ''})`;
  return (
    <SpaceBetween size="l">
      {error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Table
        header={
          <Header
            variant="h2"
            counter={counter}
            description="Newest first, of all incarnations"
            actions={<DisposeSnapshot cluster={cluster} snapshot={selected} />}
          >
            Snapshots
          </Header>
        }
        items={data?.snapshots ?? []}
        trackBy="snapshotId"
        selectionType="single"
        selectedItems={selected === undefined ? [] : [selected]}
        onSelectionChange={({ detail }) => setSelectedId(detail.selectedItems[0]?.snapshotId)}
        ariaLabels={{
          tableLabel: 'Snapshots',
          selectionGroupLabel: 'Snapshots',
          itemSelectionLabel: (_, { kind, snapshotId }) => `Select ${kind} ${snapshotId}`,
        }}
        loading={isPending}
        loadingText="Loading snapshots"
        wrapLines
        empty={
          <EmptyState title="No snapshots">
            <Message text="Take one with `drey savepoint`." />
          </EmptyState>
        }
        columnDefinitions={useStackedColumns(toColumns(target))}
      />
      <CommandLine words={['snapshots', clusterId, '--at', target]} />
    </SpaceBetween>
  );
};

const toColumns = (target: string) => [
  {
    id: 'at',
    header: 'Taken',
    minWidth: 215,
    cell: ({ createdAt }: Snapshot) => <Time value={createdAt} />,
    isRowHeader: true,
  },
  { id: 'kind', header: 'Kind', minWidth: 110, cell: ({ kind }: Snapshot) => kind },
  {
    id: 'state',
    header: 'State',
    minWidth: 150,
    cell: ({ state }: Snapshot) => (
      <StatusIndicator type={looks[state]} wrapText={false}>
        {state}
      </StatusIndicator>
    ),
  },
  { id: 'trigger', header: 'Trigger', minWidth: 100, cell: ({ trigger }: Snapshot) => trigger },
  {
    id: 'size',
    header: 'Size',
    minWidth: 100,
    cell: ({ sizeBytes }: Snapshot) => (sizeBytes === undefined ? '–' : formatBytes(sizeBytes)),
  },
  {
    id: 'duration',
    header: 'Duration',
    minWidth: 110,
    cell: ({ durationMs }: Snapshot) => (durationMs === undefined ? '–' : formatMs(durationMs)),
  },
  {
    id: 'path',
    header: 'Path or problem',
    minWidth: 240,
    cell: ({ path, problem }: Snapshot) => (
      <span style={{ overflowWrap: 'anywhere' }}>{problem?.detail ?? path ?? '–'}</span>
    ),
  },
  { id: 'job', header: 'Job', minWidth: 160, cell: ({ jobName }: Snapshot) => jobName },
  { id: 'revision', header: 'Revision', minWidth: 100, cell: ({ revision }: Snapshot) => revision ?? '–' },
  {
    id: 'operation',
    header: 'Operation',
    minWidth: 170,
    cell: ({ operationId }: Snapshot) => <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>,
  },
];
