import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

import type { Logs } from '../../api/types.ts';
import { Time } from '../../components/time.tsx';

interface LogSourceProps {
  /** What was read: `Lines`. */
  readonly what: string;
  readonly answer: Omit<Logs, 'log'> & { readonly log?: string };
  /** The most lines that are shown. */
  readonly shown?: number;
}

/** Whether a log was read live or is kept, of which pod, and what is left out. */
export const LogSource = ({ what, answer: { source, pod, at, truncated, log = '' }, shown }: LogSourceProps) => {
  const isCut = truncated === true || (shown !== undefined && log.split('\n').length > shown);
  return (
    <Box color="text-body-secondary">
      {what}:{' '}
      <StatusIndicator type={source === 'live' ? 'success' : 'stopped'} wrapText={false}>
        {source}
      </StatusIndicator>
      {at === undefined ? null : (
        <>
          {' '}
          at <Time value={at} />
        </>
      )}
      {pod === undefined ? '' : `, pod ${pod}`}
      {isCut ? '. Older lines are left out.' : ''}
    </Box>
  );
};
