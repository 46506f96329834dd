import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import Table from '@cloudscape-design/components/table';
import { useMemo, useState } from 'react';

import { describeScheduleAction } from '#events/schedule-text.ts';

import type { Schedule } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { schedulePath } from '../../app/paths.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { useNowMs } from '../../components/time.tsx';
import { type CalendarEntry, planDays } from '../../model/schedules.ts';
import { formatClock, formatDay, formatInZone, formatUtc, readerZone } from '../../model/time.ts';

const spans = { week: 7, month: 31 };

interface Row extends CalendarEntry {
  readonly id: string;
  /** Of the first row of a day. */
  readonly day: string;
}

/** The coming runs by day, in the zone of the reader and in that of each schedule. */
export const ScheduleCalendar = ({ schedules }: { readonly schedules: readonly Schedule[] }) => {
  const [span, setSpan] = useState<keyof typeof spans>('week');
  const nowMs = useNowMs(60_000);
  const rows = useMemo(
    () =>
      planDays(schedules, nowMs, spans[span]).flatMap(({ dayMs, entries }) =>
        entries.map((entry, index): Row => ({
          ...entry,
          id: `${dayMs} ${entry.schedule.name}`,
          day: index === 0 ? formatDay(dayMs) : '',
        })),
      ),
    [schedules, nowMs, span],
  );
  return (
    <Table
      items={rows}
      trackBy="id"
      columnDefinitions={columns}
      wrapLines
      ariaLabels={{ tableLabel: 'Coming runs' }}
      empty={<EmptyState title={`No run in the next ${spans[span]} days`} />}
      header={
        <Header
          variant="h2"
          description={`Times in your zone, ${readerZone()}, and in that of the schedule. The times of a rate count from the last change of the schedule.`}
          actions={
            <SegmentedControl
              label="How far"
              selectedId={span}
              options={[
                { id: 'week', text: 'Week' },
                { id: 'month', text: 'Month' },
              ]}
              onChange={({ detail }) => setSpan(detail.selectedId === 'month' ? 'month' : 'week')}
            />
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

const Times = ({ schedule: { definition }, times }: CalendarEntry) => (
  <>
    {times.slice(0, maxTimes).map((time, index) => (
      <span key={time}>
        {index === 0 ? '' : ', '}
        <time dateTime={new Date(time).toISOString()} title={formatUtc(new Date(time).toISOString())}>
          {formatClock(time)}
        </time>
      </span>
    ))}
    {times.length > maxTimes ? ` and ${times.length - maxTimes} more` : ''}
    <Box color="text-body-secondary" fontSize="body-s">
      {formatInZone(times[0] ?? 0, definition.timezone)}
    </Box>
  </>
);

const columns = [
  {
    id: 'day',
    header: 'Day',
    minWidth: 160,
    cell: ({ day }: Row) => (day === '' ? '' : <Box fontWeight="bold">{day}</Box>),
  },
  { id: 'times', header: 'Runs at', minWidth: 240, cell: (row: Row) => <Times {...row} /> },
  {
    id: 'schedule',
    header: 'Schedule',
    minWidth: 140,
    isRowHeader: true,
    cell: ({ schedule: { target, name } }: Row) => <ViewLink href={schedulePath(target, name)}>{name}</ViewLink>,
  },
  {
    id: 'action',
    header: 'Action',
    minWidth: 240,
    cell: ({ schedule: { definition } }: Row) => describeScheduleAction(definition),
  },
];
