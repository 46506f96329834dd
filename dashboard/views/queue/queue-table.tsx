import { useCollection } from '@cloudscape-design/collection-hooks';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';

import type { QueuedCommand } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { usePreferences } from '../../hooks/use-preferences.tsx';
import { createColumns, defaultColumns } from './columns.tsx';
import { CancelDialog, PriorityDialog } from './dialogs.tsx';

interface QueueTableProps {
  readonly target: string;
  readonly queued: readonly QueuedCommand[];
  /** Of the whole queue. */
  readonly length: number;
}

interface Dialog {
  readonly action: 'priority' | 'cancel';
  readonly queued: readonly QueuedCommand[];
}

/** The queued commands in the order in which they start, and what the reader can change. */
export const QueueTable = ({ target, queued, length }: QueueTableProps) => {
  const columns = createColumns(target);
  const { pageSize, tableProps, control } = usePreferences({ name: 'queue', columns, defaultColumns, wrapLines: true });
  // What the dialog is for stays when the command leaves the queue in the meantime.
  const [dialog, setDialog] = useState<Dialog>();
  const { items, actions, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(queued, {
    filtering: { noMatch: <EmptyState title="No matches">No queued command matches the filter.</EmptyState> },
    pagination: { pageSize },
    sorting: { defaultState: { sortingColumn: { sortingField: 'position' } } },
    selection: { trackBy: 'operationId' },
  });
  // Of a command that has started in the meantime, nothing can be changed.
  const selected = (collectionProps.selectedItems ?? []).flatMap(
    ({ operationId }) => queued.find((one) => one.operationId === operationId) ?? [],
  );
  const close = () => {
    setDialog(undefined);
    actions.setSelectedItems([]);
  };
  return (
    <>
      <Table
        {...collectionProps}
        items={items}
        selectedItems={selected}
        selectionType="multi"
        trackBy="operationId"
        resizableColumns
        {...tableProps}
        ariaLabels={{
          tableLabel: 'Queued commands',
          selectionGroupLabel: 'Queued commands',
          allItemsSelectionLabel: () => 'Select all commands',
          itemSelectionLabel: (_, { kind, clusterId }) => `Select ${kind} ${clusterId}`,
        }}
        empty={queued.length === 0 ? <EmptyState title="No command waits" /> : collectionProps.empty}
        header={
          <Header
            variant="h2"
            counter={selected.length === 0 ? `(${length})` : `(${selected.length}/${length})`}
            description="In the order in which they start"
            actions={<QueueActions selected={selected} onChoose={setDialog} />}
          >
            Queued commands
          </Header>
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find commands by cluster, team or reason"
            filteringAriaLabel="Find queued commands"
            countText={`${filteredItemsCount ?? 0} matches`}
          />
        }
        pagination={<Pagination {...paginationProps} />}
        preferences={control}
      />
      <QueueDialog dialog={dialog} target={target} onClose={close} />
    </>
  );
};

interface QueueActionsProps {
  readonly selected: readonly QueuedCommand[];
  readonly onChoose: (dialog: Dialog) => void;
}

const QueueActions = ({ selected, onChoose }: QueueActionsProps) => (
  <SpaceBetween direction="horizontal" size="xs">
    <Button disabled={selected.length !== 1} onClick={() => onChoose({ action: 'priority', queued: selected })}>
      Change the priority
    </Button>
    <Button disabled={selected.length === 0} onClick={() => onChoose({ action: 'cancel', queued: selected })}>
      Cancel
    </Button>
  </SpaceBetween>
);

interface QueueDialogProps {
  readonly dialog: Dialog | undefined;
  readonly target: string;
  readonly onClose: () => void;
}

const QueueDialog = ({ dialog, target, onClose }: QueueDialogProps) => {
  const [first] = dialog?.queued ?? [];
  if (dialog === undefined || first === undefined) return null;
  return dialog.action === 'priority' ? (
    <PriorityDialog target={target} queued={first} onClose={onClose} />
  ) : (
    <CancelDialog target={target} queued={dialog.queued} onClose={onClose} />
  );
};
