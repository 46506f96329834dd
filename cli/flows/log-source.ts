import type { Logs } from '#cli/api/responses.ts';
import { formatTime } from '#cli/output/local-time.ts';

/** Says whether a log, or what the JobManager knows, was read live or is kept. */
export const describeSource = ({ source, pod, at, operationId, truncated }: Logs): string => {
  const cut = truncated === true ? ' Older lines are left out.' : '';
  if (source === 'live') return `Read live${pod === undefined ? '' : ` of pod ${pod}`}.${cut}`;
  const file = pod === undefined ? 'Kept file' : `Kept log of pod ${pod}`;
  return `${file} (deploy ${operationId})${at === undefined ? '' : `, stored at ${formatTime(at)}`}.${cut}`;
};
