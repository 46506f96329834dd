import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useMemo, useState } from 'react';

import { ClockTime, useNowMs } from '../../components/time.tsx';
import {
  addMonths,
  listDayRuns,
  type MonthDay,
  planMonth,
  startOfDay,
  startOfMonth,
  withoutPast,
} from '../../model/schedules/calendar.ts';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { formatDay, formatMonth, formatShortDay, formatWeekday, readFirstWeekday } from '../../model/time.ts';
import { type ComingRunsProps, toRunColumns } from './run-list.tsx';
import { describeZones, ScheduleName } from './schedule-name.tsx';

/** The coming runs in the weeks of a month, in the zone of the reader. */
export const MonthCalendar = ({ schedules, viewControl }: ComingRunsProps) => {
  const nowMs = useNowMs(60_000);
  const [chosenMs, setChosenMs] = useState(0);
  const [openMs, setOpenMs] = useState<number>();
  const currentMs = startOfMonth(nowMs);
  const monthMs = Math.max(chosenMs, currentMs); // Past months have no coming runs.
  const todayMs = startOfDay(nowMs);
  const planned = useMemo(
    () => planMonth(schedules, { monthMs, nowMs: todayMs - 1, firstWeekday: readFirstWeekday() }),
    [schedules, monthMs, todayMs],
  );
  const weeks = withoutPast(planned, nowMs);
  const open = weeks.flat().find(({ dayMs }) => dayMs === openMs);
  return (
    <>
      <Table
        items={weeks}
        columnDefinitions={toColumns(weeks[0] ?? [], { todayMs, onOpen: setOpenMs })}
        wrapLines
        cellVerticalAlign="top"
        contentDensity="compact"
        enableKeyboardNavigation
        ariaLabels={{ tableLabel: `Coming runs in ${formatMonth(monthMs)}` }}
        header={
          <Header
            variant="h2"
            description={`${describeZones('')} A paused schedule does not run until it is resumed.`}
            actions={
              <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                <Button
                  iconName="angle-left"
                  ariaLabel="Previous month"
                  disabled={monthMs === currentMs}
                  disabledReason="Runs of the past are on the page of each schedule."
                  onClick={() => setChosenMs(addMonths(monthMs, -1))}
                />
                <div aria-live="polite">{formatMonth(monthMs)}</div>
                <Button
                  iconName="angle-right"
                  ariaLabel="Next month"
                  onClick={() => setChosenMs(addMonths(monthMs, 1))}
                />
                {viewControl}
              </SpaceBetween>
            }
          >
            Coming runs
          </Header>
        }
      />
      {open === undefined ? null : <DayDialog day={open} onClose={() => setOpenMs(undefined)} />}
    </>
  );
};

interface DayOptions {
  /** Midnight of the reader, in milliseconds. */
  readonly todayMs: number;
  readonly onOpen: (dayMs: number) => void;
}

/** A column for each day of a week. */
const toColumns = (week: readonly MonthDay[], options: DayOptions) =>
  week.map(({ dayMs }, index) => ({
    id: String(index),
    header: formatWeekday(dayMs),
    width: '14%',
    minWidth: 90,
    cell: (days: readonly MonthDay[]) => {
      const day = days[index];
      return day === undefined ? null : <Day day={day} {...options} />;
    },
  }));

/** A button opens the other runs of a day. */
const maxLines = 4;

const Day = ({ day, todayMs, onOpen }: DayOptions & { readonly day: MonthDay }) => {
  const runs = listDayRuns(day);
  const others = runs.slice(maxLines).reduce((sum, { count }) => sum + count, 0);
  const isToday = day.dayMs === todayMs;
  const date = (
    <time dateTime={toIsoDate(day.dayMs)} title={formatDay(day.dayMs)} aria-current={isToday ? 'date' : undefined}>
      {formatShortDay(day.dayMs)}
    </time>
  );
  return (
    <SpaceBetween size="xxs">
      {isToday ? (
        <Badge color="blue">Today, {date}</Badge>
      ) : (
        <Box fontWeight={day.isInMonth ? 'bold' : 'light'} color={day.isInMonth ? 'inherit' : 'text-body-secondary'}>
          {date}
        </Box>
      )}
      {runs.slice(0, maxLines).map(({ schedule, timeMs, count }) => (
        <Box
          key={`${timeMs} ${schedule.name}`}
          fontSize="body-s"
          color={schedule.definition.enabled ? 'inherit' : 'text-body-secondary'}
        >
          <ClockTime timeMs={timeMs} /> <ScheduleName schedule={schedule} />
          {count > 1 ? (
            <>
              {' '}
              <Button
                variant="inline-link"
                ariaLabel={`${count} runs of ${schedule.name} on ${formatDay(day.dayMs)}`}
                onClick={() => onOpen(day.dayMs)}
              >
                ({count} runs)
              </Button>
            </>
          ) : null}
        </Box>
      ))}
      {others > 0 ? (
        <Button
          variant="inline-link"
          ariaLabel={`${others} more ${others === 1 ? 'run' : 'runs'} on ${formatDay(day.dayMs)}`}
          onClick={() => onOpen(day.dayMs)}
        >
          + {others} more
        </Button>
      ) : null}
    </SpaceBetween>
  );
};

/** `2026-11-30`, in the zone of the reader. */
const toIsoDate = (dayMs: number): string => {
  const date = new Date(dayMs);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
};

/** A schedule that runs every minute has 1,440 times a day. */
const maxTimes = 24;

const DayDialog = ({ day, onClose }: { readonly day: MonthDay; readonly onClose: () => void }) => (
  <Modal visible size="large" header={formatDay(day.dayMs)} onDismiss={onClose}>
    <Table
      variant="embedded"
      items={day.entries}
      columnDefinitions={useStackedColumns(toRunColumns(maxTimes))}
      wrapLines
      ariaLabels={{ tableLabel: `Runs on ${formatDay(day.dayMs)}` }}
    />
  </Modal>
);
