import type { Transition } from '#events/records/transitions.ts';

import { formatTime } from './local-time.ts';
import { toOneLine } from './safe-text.ts';
import { paintState } from './table.ts';

/** A transition as a line for people, with who caused it. */
export const formatTransition = (transition: Transition, stream: NodeJS.WritableStream): string => {
  const { sequence, at, from, to, reason, message, principal } = transition;
  const subject = transition.subject === 'cluster' ? 'cluster' : `job ${transition.jobId} ${transition.name}`;
  const cause = [reason, message].filter(Boolean).join(': ');
  const change = `${from === null ? '' : `${from} → `}${paintState(to, stream)}`;
  return toOneLine(
    `${String(sequence).padStart(4)}  ${formatTime(at)}  ${subject}: ${change}${cause === '' ? '' : ` (${cause})`} by ${principal}`,
  );
};
