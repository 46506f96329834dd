import { useCollection } from '@cloudscape-design/collection-hooks';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import TextFilter from '@cloudscape-design/components/text-filter';
import { useState } from 'react';

import { useRuns } from '../../api/schedules.ts';
import type { Schedule } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { schedulePath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Time, useNowMs } from '../../components/time.tsx';
import { type Column, usePreferences } from '../../components/use-preferences.tsx';
import { summarizeRun } from '../../model/runs.ts';
import { describeAction, listNextFirings } from '../../model/schedules.ts';
import { DeleteDialog, EnableDialog } from './dialogs.tsx';

interface ScheduleTableProps {
  readonly target: string;
  readonly schedules: readonly Schedule[];
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
}

/** The schedules with expression, action, next and last run, and what the reader can change. */
export const ScheduleTable = ({ target, schedules, isLoading, hasFailed }: ScheduleTableProps) => {
  const { preferences, control } = usePreferences({ name: 'schedules', columns, defaultColumns });
  const [dialog, setDialog] = useState<'enable' | 'delete'>();
  const rows = schedules.map((schedule) => ({ ...schedule, text: describeAction(schedule.definition) }));
  const { items, actions, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(rows, {
    filtering: {
      noMatch: <EmptyState title="No matches">No schedule matches the filter.</EmptyState>,
      fields: ['name', 'text'],
    },
    pagination: { pageSize: preferences.pageSize },
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
        columnDefinitions={columns}
        columnDisplay={preferences.columnDisplay}
        wrapLines={preferences.wrapLines}
        contentDensity={preferences.contentDensity}
        ariaLabels={{
          tableLabel: 'Schedules',
          selectionGroupLabel: 'Schedules',
          itemSelectionLabel: (_, { name }) => `Select ${name}`,
        }}
        empty={
          rows.length === 0 ? (
            <EmptyState title={hasFailed ? 'No data' : 'No schedules'}>
              Create one with `drey schedule put NAME --at {target}`.
            </EmptyState>
          ) : (
            collectionProps.empty
          )
        }
        header={
          <Header
            variant="h2"
            counter={isLoading ? undefined : `(${schedules.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={selected === undefined} onClick={() => setDialog('enable')}>
                  {selected?.definition.enabled === false ? 'Resume' : 'Pause'}
                </Button>
                <Button disabled={selected === undefined} onClick={() => setDialog('delete')}>
                  Delete
                </Button>
              </SpaceBetween>
            }
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
      {dialog === 'enable' && selected !== undefined ? <EnableDialog schedule={selected} onClose={close} /> : null}
      {dialog === 'delete' && selected !== undefined ? <DeleteDialog schedule={selected} onClose={close} /> : null}
    </>
  );
};

type Row = Schedule & { readonly text: string };

const NextFiring = ({ schedule }: { readonly schedule: Schedule }) => {
  const nowMs = useNowMs(30_000);
  const { data } = useRuns(schedule, 1);
  const [next] = listNextFirings(schedule, { afterMs: nowMs, max: 1 }, data?.items[0]);
  return <Time value={next === undefined ? undefined : new Date(next).toISOString()} />;
};

const LastRun = ({ schedule }: { readonly schedule: Schedule }) => {
  const { data } = useRuns(schedule, 1);
  const [run] = data?.items ?? [];
  if (run === undefined) return '–';
  return (
    <>
      <Time value={run.scheduledAt} />: {summarizeRun(run)}
    </>
  );
};

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    width: 180,
    header: 'Schedule',
    cell: ({ target, name }) => <ViewLink href={schedulePath(target, name)}>{name}</ViewLink>,
    sortingField: 'name',
    isRowHeader: true,
  },
  {
    id: 'enabled',
    width: 120,
    header: 'State',
    cell: ({ definition }) => <EnabledBadge enabled={definition.enabled} />,
    sortingComparator: (one, other) => Number(one.definition.enabled) - Number(other.definition.enabled),
  },
  { id: 'text', width: 330, header: 'Action', cell: ({ text }) => text, sortingField: 'text' },
  { id: 'expression', width: 230, header: 'Expression', cell: ({ definition }) => definition.expression },
  { id: 'timezone', width: 150, header: 'Time zone', cell: ({ definition }) => definition.timezone },
  { id: 'next', width: 210, header: 'Next run', cell: (schedule) => <NextFiring schedule={schedule} /> },
  { id: 'last', width: 330, header: 'Last run', cell: (schedule) => <LastRun schedule={schedule} /> },
  {
    id: 'updatedAt',
    width: 210,
    header: 'Changed',
    cell: ({ updatedAt }) => <Time value={updatedAt} />,
    sortingField: 'updatedAt',
  },
  { id: 'updatedBy', width: 320, header: 'Changed by', cell: ({ updatedBy }) => updatedBy },
];

const defaultColumns = ['name', 'enabled', 'text', 'expression', 'timezone', 'next', 'last'];

/** Whether a schedule runs. */
export const EnabledBadge = ({ enabled }: { readonly enabled: boolean }) =>
  enabled ? (
    <StatusIndicator wrapText={false}>enabled</StatusIndicator>
  ) : (
    <StatusIndicator type="stopped" wrapText={false}>
      paused
    </StatusIndicator>
  );
