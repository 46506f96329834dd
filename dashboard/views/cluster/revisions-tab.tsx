import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';

import { useRevisions } from '../../api/clusters/revisions.ts';
import type { Revision } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { operationPath } from '../../app/paths.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { RevisionDiff } from './revision-diff.tsx';
import type { TabProps } from './tab-props.ts';

const looks = { pending: 'in-progress', stable: 'success', failed: 'error', superseded: 'stopped' } as const;

/** The revisions of the cluster ID, and what differs between two of them. */
export const RevisionsTab = ({ cluster }: TabProps) => {
  const { target, clusterId } = cluster;
  const { data, error, isPending, refetch } = useRevisions(cluster);
  const [chosen, setChosen] = useState<readonly number[]>();
  const revisions = data ?? [];
  const isComparable = revisions.length > 1;
  const newest = revisions.slice(0, 2).map(({ number }) => number);
  const compared = (chosen ?? newest).toSorted((one, other) => one - other);
  return (
    <SpaceBetween size="l">
      {error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Table
        header={
          <Header
            variant="h2"
            counter={isPending ? undefined : `(${revisions.length})`}
            description={isComparable ? 'Choose two to compare them' : undefined}
          >
            Revisions
          </Header>
        }
        items={revisions}
        trackBy={({ number }) => String(number)}
        loading={isPending}
        loadingText="Loading revisions"
        wrapLines
        empty={<EmptyState title="No revisions">The cluster was deployed by an earlier version of Drey.</EmptyState>}
        selectionType={isComparable ? 'multi' : undefined}
        selectedItems={revisions.filter(({ number }) => compared.includes(number))}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems.map(({ number }) => number).slice(-2))}
        ariaLabels={{
          selectionGroupLabel: 'Revisions to compare',
          allItemsSelectionLabel: () => 'Compare all revisions',
          itemSelectionLabel: (_, { number }) => `Compare revision ${number}`,
        }}
        columnDefinitions={useStackedColumns(toColumns(target, cluster.revision))}
      />
      {compared[0] === undefined || compared[1] === undefined ? null : (
        <RevisionDiff key={compared.join()} cluster={cluster} from={compared[0]} to={compared[1]} />
      )}
      <CommandLine words={['revisions', clusterId, '--at', target]} />
    </SpaceBetween>
  );
};

const toColumns = (target: string, current: number | undefined) => [
  {
    id: 'number',
    header: 'Revision',
    minWidth: 110,
    cell: ({ number }: Revision) => (number === current ? `${number} (current)` : number),
    isRowHeader: true,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    minWidth: 140,
    cell: ({ outcome }: Revision) => (
      <StatusIndicator type={looks[outcome]} wrapText={false}>
        {outcome}
      </StatusIndicator>
    ),
  },
  { id: 'at', header: 'Created', minWidth: 215, cell: ({ createdAt }: Revision) => <Time value={createdAt} /> },
  {
    id: 'madeBy',
    header: 'Made by',
    minWidth: 140,
    cell: ({ madeBy, specOf }: Revision) =>
      [madeBy ?? '–', specOf === undefined ? '' : `of revision ${specOf}`].join(' ').trim(),
  },
  { id: 'image', header: 'Image', minWidth: 160, cell: ({ image }: Revision) => image },
  {
    id: 'imageDigest',
    header: 'Image digest',
    minWidth: 160,
    cell: ({ imageDigest }: Revision) => imageDigest ?? '–',
  },
  {
    id: 'restoredFrom',
    header: 'Restored from',
    minWidth: 160,
    cell: ({ restoredFrom }: Revision) => restoredFrom ?? '–',
  },
  { id: 'problem', header: 'Problem', minWidth: 200, cell: ({ problem }: Revision) => problem?.detail ?? '–' },
  {
    id: 'operation',
    header: 'Operation',
    minWidth: 170,
    cell: ({ operationId }: Revision) => <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>,
  },
  { id: 'principal', header: 'By', minWidth: 170, cell: ({ principal }: Revision) => principal },
];
