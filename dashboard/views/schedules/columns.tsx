import StatusIndicator from '@cloudscape-design/components/status-indicator';

import { useRuns } from '../../api/schedules.ts';
import type { Schedule } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { schedulePath } from '../../app/paths.ts';
import { Time, useNowMs } from '../../components/time.tsx';
import type { Column } from '../../hooks/use-preferences.tsx';
import { summarizeRun } from '../../model/schedules/runs.ts';
import { listNextRuns } from '../../model/schedules/schedules.ts';

/** A schedule with the description of its action. */
export type Row = Schedule & { readonly text: string };

const NextRun = ({ schedule }: { readonly schedule: Schedule }) => {
  const nowMs = useNowMs(30_000);
  const { data } = useRuns(schedule, 1);
  const [next] = listNextRuns(schedule, { afterMs: nowMs, max: 1 }, data?.items[0]);
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

export const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    width: 130,
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
  { id: 'text', width: 280, header: 'Action', cell: ({ text }) => text, sortingField: 'text' },
  { id: 'next', width: 210, header: 'Next run', cell: (schedule) => <NextRun schedule={schedule} /> },
  { id: 'last', width: 290, header: 'Last run', cell: (schedule) => <LastRun schedule={schedule} /> },
  { id: 'expression', width: 230, header: 'Expression', cell: ({ definition }) => definition.expression },
  { id: 'timezone', width: 150, header: 'Time zone', cell: ({ definition }) => definition.timezone },
  {
    id: 'updatedAt',
    width: 210,
    header: 'Changed',
    cell: ({ updatedAt }) => <Time value={updatedAt} />,
    sortingField: 'updatedAt',
  },
  { id: 'updatedBy', width: 320, header: 'Changed by', cell: ({ updatedBy }) => updatedBy },
];

export const defaultColumns = ['name', 'enabled', 'text', 'expression', 'timezone', 'next', 'last'];

/** Whether a schedule runs. */
export const EnabledBadge = ({ enabled }: { readonly enabled: boolean }) =>
  enabled ? (
    <StatusIndicator wrapText={false}>enabled</StatusIndicator>
  ) : (
    <StatusIndicator type="stopped" wrapText={false}>
      paused
    </StatusIndicator>
  );
