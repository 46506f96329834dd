import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { type ReactNode, useMemo, useState } from 'react';

import { describeScheduleAction } from '#events/schedule-text.ts';

import type { Schedule } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ClockTime, useNowMs } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { type DayEntry, planDays } from '../../model/schedules/calendar.ts';
import { formatDay, formatInZone } from '../../model/time.ts';
import { describeZones, ScheduleName } from './schedule-name.tsx';

const spans = { week: 7, month: 31 };

interface Row extends DayEntry {
  readonly id: string;
  readonly day: string;
  readonly isFirstOfDay: boolean;
}

export interface ComingRunsProps {
  readonly schedules: readonly Schedule[];
  /** Changes to another view. */
  readonly viewControl: ReactNode;
}

/** The coming runs by day, in the zone of the reader and in that of each schedule. */
export const RunList = ({ schedules, viewControl }: ComingRunsProps) => {
  const [span, setSpan] = useState<keyof typeof spans>('week');
  const nowMs = useNowMs(60_000);
  const rows = useMemo(
    () =>
      planDays(schedules, nowMs, spans[span]).flatMap(({ dayMs, entries }) =>
        entries.map((entry, index): Row => ({
          ...entry,
          id: `${dayMs} ${entry.schedule.name}`,
          day: formatDay(dayMs),
          isFirstOfDay: index === 0,
        })),
      ),
    [schedules, nowMs, span],
  );
  return (
    <Table
      items={rows}
      trackBy="id"
      columnDefinitions={useStackedColumns<Row>([dayColumn, ...toRunColumns(maxTimes)])}
      wrapLines
      ariaLabels={{ tableLabel: 'Coming runs' }}
      empty={<EmptyState title={`No run in the next ${spans[span]} days`} />}
      header={
        <Header
          variant="h2"
          description={describeZones('and in that of the schedule')}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <SegmentedControl
                label="How far"
                selectedId={span}
                options={[
                  { id: 'week', text: 'Week' },
                  { id: 'month', text: 'Month' },
                ]}
                onChange={({ detail }) => setSpan(detail.selectedId === 'month' ? 'month' : 'week')}
              />
              {viewControl}
            </SpaceBetween>
          }
        >
          Coming runs
        </Header>
      }
    />
  );
};

/** More runs of a schedule on one day are counted. */
const maxTimes = 4;

const dayColumn = {
  id: 'day',
  header: 'Day',
  minWidth: 160,
  cell: ({ day, isFirstOfDay }: Row) => (
    <Box
      variant="span"
      fontWeight={isFirstOfDay ? 'bold' : 'normal'}
      color={isFirstOfDay ? 'inherit' : 'text-body-secondary'}
    >
      {day}
    </Box>
  ),
};

/** The columns of what schedules do on a day. More than `max` times of a schedule are counted. */
export const toRunColumns = (max: number) => [
  { id: 'times', header: 'Runs at', minWidth: 240, cell: (entry: DayEntry) => <Times {...entry} max={max} /> },
  {
    id: 'schedule',
    header: 'Schedule',
    minWidth: 140,
    isRowHeader: true,
    cell: ({ schedule }: DayEntry) => <ScheduleName schedule={schedule} />,
  },
  {
    id: 'action',
    header: 'Action',
    minWidth: 240,
    cell: ({ schedule: { definition } }: DayEntry) => describeScheduleAction(definition),
  },
];

const Times = ({ schedule: { definition }, times, max }: DayEntry & { readonly max: number }) => (
  <>
    {times.slice(0, max).map((time, index) => (
      <span key={time}>
        {index === 0 ? '' : ', '}
        <ClockTime timeMs={time} />
      </span>
    ))}
    {times.length > max ? ` and ${times.length - max} more` : ''}
    <Box color="text-body-secondary" fontSize="body-s">
      {formatInZone(times[0] ?? 0, definition.timezone)}
    </Box>
  </>
);
