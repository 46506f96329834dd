import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';

import { redriveDeadLetters, useDeadLetters } from '../../api/operations/dead-letters.ts';
import type { DeadLetter } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { useNotifications } from '../../app/notifications.tsx';
import { clusterPath } from '../../app/paths.ts';
import { ActionDialog } from '../../components/action-dialog.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { describeReason, findCluster, findKind } from '../../model/operations/dead-letters.ts';

/** The dead letters of the command queue with the reason of each, and their redrive. */
export const DeadLetterTable = () => {
  const { data, error, isFetching, isPending, refetch } = useDeadLetters();
  const commands = data?.commands ?? [];
  const [selectedIds, setSelectedIds] = useState<readonly string[]>([]);
  const [redriven, setRedriven] = useState<'selected' | 'all'>();
  const selected = commands.filter(({ id }) => selectedIds.includes(id));
  const close = () => {
    setRedriven(undefined);
    setSelectedIds([]);
  };
  return (
    <SpaceBetween size="m">
      {error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Table
        items={commands}
        columnDefinitions={useStackedColumns(columns)}
        selectionType="multi"
        selectedItems={selected}
        onSelectionChange={({ detail }) => setSelectedIds(detail.selectedItems.map(({ id }) => id))}
        trackBy="id"
        loading={isPending}
        loadingText="Loading dead letters"
        wrapLines
        ariaLabels={{
          tableLabel: 'Dead letters',
          selectionGroupLabel: 'Dead letters',
          allItemsSelectionLabel: () => 'Select all dead letters',
          itemSelectionLabel: (_, { id }) => `Select dead letter ${id}`,
        }}
        empty={
          <EmptyState title={error === null ? 'No dead letters' : 'No data'}>
            A command of the command queue that fails five times becomes one.
          </EmptyState>
        }
        header={
          <Header
            variant="h2"
            counter={data === undefined ? undefined : `(${commands.length}${data.more === true ? '+' : ''})`}
            description="Commands that the command queue has discarded, of all targets"
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  iconName="refresh"
                  ariaLabel="Read the dead letters again"
                  loading={isFetching}
                  onClick={() => void refetch()}
                />
                <Button disabled={selected.length === 0} onClick={() => setRedriven('selected')}>
                  Redrive selected
                </Button>
                <Button disabled={commands.length === 0} onClick={() => setRedriven('all')}>
                  Redrive all
                </Button>
              </SpaceBetween>
            }
          >
            Dead letters
          </Header>
        }
      />
      <CommandLine words={['queue', 'dead-letters']} />
      {redriven === undefined ? null : (
        <RedriveDialog
          ids={redriven === 'all' ? undefined : selected.map(({ id }) => id)}
          onSent={() => void refetch()}
          onClose={close}
        />
      )}
    </SpaceBetween>
  );
};

const columns = [
  {
    id: 'subject',
    header: 'Subject',
    minWidth: 180,
    isRowHeader: true,
    cell: (letter: DeadLetter) => {
      const cluster = findCluster(letter);
      if (cluster === undefined) return letter.subject ?? '–';
      return <ViewLink href={clusterPath(cluster.target, cluster.clusterId)}>{letter.subject}</ViewLink>;
    },
  },
  { id: 'kind', header: 'Command', minWidth: 110, cell: (letter: DeadLetter) => findKind(letter) || '–' },
  { id: 'reason', header: 'Reason', minWidth: 260, cell: describeReason },
  { id: 'principal', header: 'Principal', minWidth: 160, cell: ({ principal }: DeadLetter) => principal },
  { id: 'redrivenBy', header: 'Redriven by', cell: ({ redrivenBy }: DeadLetter) => redrivenBy ?? '–' },
  { id: 'id', header: 'ID', minWidth: 160, cell: ({ id }: DeadLetter) => id },
];

interface RedriveDialogProps {
  /** Undefined: all dead letters. */
  readonly ids: readonly string[] | undefined;
  /** After some or all of them were redriven. */
  readonly onSent: () => void;
  readonly onClose: () => void;
}

const RedriveDialog = ({ ids, onSent, onClose }: RedriveDialogProps) => {
  const { notify } = useNotifications();
  const what =
    ids === undefined ? 'all dead letters' : ids.length === 1 ? 'one dead letter' : `${ids.length} dead letters`;
  return (
    <ActionDialog
      title={`Redrive ${what}`}
      confirm="Redrive"
      command={['queue', 'redrive', ...(ids ?? [])]}
      run={async () => {
        const hasMore = await redriveDeadLetters(ids).finally(onSent);
        if (hasMore)
          notify({ type: 'info', header: 'More dead letters may exist', content: 'Redrive again for the others.' });
        return undefined;
      }}
      onClose={onClose}
    >
      Sends {what} of the command queue to it again. A command whose operation has failed starts a new operation, which
      shows that you redrove it.
    </ActionDialog>
  );
};
