import { useCollection } from '@cloudscape-design/collection-hooks';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';

import { describeScheduleAction } from '#events/schedule-text.ts';

import type { Schedule } from '../../api/types.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { usePreferences } from '../../hooks/use-preferences.tsx';
import { columns, defaultColumns } from './columns.tsx';
import { ScheduleActions, ScheduleDialog, type ScheduleDialogProps } from './dialogs.tsx';

interface ScheduleTableProps {
  readonly target: string;
  readonly schedules: readonly Schedule[];
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
}

/** The schedules with expression, action, next and last run, and what the reader can change. */
export const ScheduleTable = ({ target, schedules, isLoading, hasFailed }: ScheduleTableProps) => {
  const { pageSize, tableProps, control } = usePreferences({
    name: 'schedules',
    columns,
    defaultColumns,
    wrapLines: true,
  });
  const [dialog, setDialog] = useState<ScheduleDialogProps['dialog']>();
  const rows = schedules.map((schedule) => ({ ...schedule, text: describeScheduleAction(schedule.definition) }));
  const { items, actions, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
    filtering: {
      noMatch: <EmptyState title="No matches">No schedule matches the filter.</EmptyState>,
      fields: ['name', 'text'],
    },
    pagination: { pageSize },
    sorting: { defaultState: { sortingColumn: { sortingField: 'name' } } },
    selection: { trackBy: 'name' },
  });
  const selectedName = collectionProps.selectedItems?.[0]?.name;
  const selected = schedules.find(({ name }) => name === selectedName);
  const close = () => {
    setDialog(undefined);
    actions.setSelectedItems([]);
  };
  return (
    <>
      <Table
        {...collectionProps}
        items={items}
        selectionType="single"
        trackBy="name"
        loading={isLoading}
        loadingText="Loading schedules"
        resizableColumns
        {...tableProps}
        ariaLabels={{
          tableLabel: 'Schedules',
          selectionGroupLabel: 'Schedules',
          itemSelectionLabel: (_, { name }) => `Select ${name}`,
        }}
        empty={rows.length === 0 ? <NoRows target={target} hasFailed={hasFailed} /> : collectionProps.empty}
        header={
          <Header
            variant="h2"
            counter={isLoading ? undefined : `(${schedules.length})`}
            actions={<ScheduleActions schedule={selected} onChoose={setDialog} />}
          >
            All schedules
          </Header>
        }
        filter={
          <TextFilter
            {...filterProps}
            filteringPlaceholder="Find schedules by name or action"
            filteringAriaLabel="Find schedules"
            countText={`${filteredItemsCount ?? 0} matches`}
          />
        }
        pagination={<Pagination {...paginationProps} />}
        preferences={control}
      />
      <ScheduleDialog dialog={dialog} onClose={close} />
    </>
  );
};

const NoRows = ({ target, hasFailed }: Pick<ScheduleTableProps, 'target' | 'hasFailed'>) => {
  if (hasFailed) return <EmptyState title="No data" />;
  const when = ['--every', 'cron(0 20 * * ? *)'];
  const words = ['schedule', 'put', 'evening', ...when, '--stop', '--mode', 'session', '--at', target];
  return (
    <EmptyState title="No schedules" action={<CommandLine words={words} />}>
      The command line creates them. This one stops the sessions of the target every day at 20:00 UTC.
    </EmptyState>
  );
};
