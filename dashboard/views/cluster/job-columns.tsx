import { StateBadge } from '../../components/state-badge.tsx';
import { Duration, Time } from '../../components/time.tsx';
import type { Column } from '../../hooks/use-preferences.tsx';
import { formatBytes } from '../../model/bytes.ts';
import type { JobRow } from '../../model/jobs/job-details.ts';
import { formatDuration } from '../../model/time.ts';

const orDash = (text: string | undefined): string => text || '–';

export const jobColumns: readonly Column<JobRow>[] = [
  { id: 'name', header: 'Job', minWidth: 180, cell: ({ name }) => name, isRowHeader: true },
  { id: 'state', header: 'State', minWidth: 150, cell: ({ state }) => <StateBadge kind="job" state={state} /> },
  {
    id: 'startTime',
    header: 'Runs for',
    minWidth: 110,
    cell: ({ startTime, endTime }) => <Duration from={startTime} to={endTime} />,
  },
  {
    id: 'checkpoint',
    header: 'Last checkpoint',
    minWidth: 130,
    cell: ({ details }) => <CheckpointAge completedAt={details?.checkpoints.latest?.completedAt} />,
  },
  {
    id: 'checkpointSize',
    header: 'Checkpoint size',
    minWidth: 90,
    cell: ({ details }) => {
      const bytes = details?.checkpoints.latest?.sizeBytes;
      return bytes === undefined ? '–' : formatBytes(bytes);
    },
  },
  {
    id: 'checkpointDuration',
    header: 'Checkpoint duration',
    minWidth: 110,
    cell: ({ details }) => {
      const ms = details?.checkpoints.latest?.durationMs;
      return ms === undefined ? '–' : formatMs(ms);
    },
  },
  { id: 'message', header: 'Cause', minWidth: 200, cell: ({ message }) => orDash(message) },
  { id: 'savepoint', header: 'Savepoint', minWidth: 160, cell: ({ savepoint }) => orDash(savepoint) },
  { id: 'restoredFrom', header: 'Restored from', minWidth: 160, cell: ({ restoredFrom }) => orDash(restoredFrom) },
  { id: 'start', header: 'Start', minWidth: 215, cell: ({ startTime }) => <Time value={startTime} /> },
  { id: 'jobId', header: 'ID', minWidth: 170, cell: ({ jobId }) => jobId },
];

const CheckpointAge = ({ completedAt }: { readonly completedAt: string | undefined }) =>
  completedAt === undefined ? (
    'none'
  ) : (
    <>
      <Duration from={completedAt} /> ago
    </>
  );

/** Checkpoints are often shorter than a second. */
export const formatMs = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)}\u00A0ms` : formatDuration(ms));
